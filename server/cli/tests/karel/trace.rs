use crate::{Folder, ROW};
use expect_test::expect;

#[test]
fn prints_the_actions() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    expect![[r#"
        example "short"
          move move
        --- exit code 0
    "#]]
    .assert_eq(&folder.karel(&["trace", "row.karel", "--example", "short"]).all());
    expect![[r#"
        example "no output"
          (no actions)
        --- exit code 0
    "#]]
    .assert_eq(&folder.karel(&["trace", "row.karel", "--example", "no output"]).all());
}

#[test]
fn shows_every_step() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    expect![[r#"
        example "short"
          > . .
        1/5 line 3: frontIsClear() is true
        2/5 line 4: move()
          . > .
        3/5 line 3: frontIsClear() is true
        4/5 line 4: move()
          . . >
        5/5 line 3: frontIsClear() is false
        finished after 2 actions, 5 ticks
        --- exit code 0
    "#]]
    .assert_eq(&folder.karel(&["trace", "row.karel", "--example", "short", "--frames"]).all());
}

#[test]
fn prints_json() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    let ran = folder.karel(&["trace", "row.karel", "--example", "held out", "--frames", "--json"]);
    expect![[r#"
        {"example":"held out","outcome":"finished","line":null,"ticks":3,"passes":true,"message":"finished after 1 action, 3 ticks","actions":["move"],"steps":[{"line":3,"what":"frontIsClear()","result":true,"row":0,"col":1,"heading":"west","markers":0},{"line":4,"what":"move()","row":0,"col":1,"heading":"west","markers":0},{"line":3,"what":"frontIsClear()","result":false,"row":0,"col":0,"heading":"west","markers":0}]}
        --- exit code 0
    "#]].assert_eq(&ran.all());
}
