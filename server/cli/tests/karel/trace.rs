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
        finished after 2 actions, 5 steps
        --- exit code 0
    "#]]
    .assert_eq(&folder.karel(&["trace", "row.karel", "--example", "short", "--frames"]).all());
}

#[test]
fn prints_json() {
    let folder = Folder::with(&[("row.karel", ROW)]);
    let ran = folder.karel(&["trace", "row.karel", "--example", "held out", "--frames", "--json"]);
    expect![[r#"
        {"id":"","document":{"uri":"row.karel","version":null},"example":{"index":3,"name":"held out","kind":"test","ordinal":0,"uri":"row.karel","range":{"start":{"line":21,"character":6},"end":{"line":21,"character":14}},"block":{"start":{"line":21,"character":0},"end":{"line":25,"character":11}},"verdict":"passes","message":"1 action","input":{"rows":1,"cols":2,"walls":[],"markers":[],"robot":{"row":0,"col":1,"heading":"west"}},"expected":{"rows":1,"cols":2,"walls":[],"markers":[],"robot":{"row":0,"col":0,"heading":"west"}},"crashes":false},"start":{"rows":1,"cols":2,"walls":[],"markers":[],"robot":{"row":0,"col":1,"heading":"west"}},"length":3,"ticks":3,"complete":true,"outcome":{"kind":"finished","message":"The program came to its end after 1 action.","range":null,"at":null},"end":{"rows":1,"cols":2,"walls":[],"markers":[],"robot":{"row":0,"col":0,"heading":"west"}},"expected":{"rows":1,"cols":2,"walls":[],"markers":[],"robot":{"row":0,"col":0,"heading":"west"}},"differences":[],"robotDiffers":false,"sizeDiffers":false,"page":{"from":0,"actions":0,"world":{"rows":1,"cols":2,"walls":[],"markers":[],"robot":{"row":0,"col":1,"heading":"west"}},"steps":[{"range":{"start":{"line":2,"character":4},"end":{"line":2,"character":25}},"kind":"condition","name":"while(frontIsClear())","robot":{"row":0,"col":1,"heading":"west"},"markerChange":0,"condition":{"test":"frontIsClear","negated":false,"value":true},"depth":0},{"range":{"start":{"line":3,"character":8},"end":{"line":3,"character":14}},"kind":"action","name":"move()","robot":{"row":0,"col":1,"heading":"west"},"markerChange":0,"depth":0},{"range":{"start":{"line":2,"character":4},"end":{"line":2,"character":25}},"kind":"condition","name":"while(frontIsClear())","robot":{"row":0,"col":0,"heading":"west"},"markerChange":0,"condition":{"test":"frontIsClear","negated":false,"value":false},"depth":0}]},"actions":["move"]}
        --- exit code 0
    "#]].assert_eq(&ran.all());
}
