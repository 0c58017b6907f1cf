/** Pictures of the buttons: shapes that are told apart without colour. */

const PATHS = {
    first: "M4 4h2v12H4zM16 4v12l-9-6z",
    backOut:
        "M8 2 2.500 6.500 8 11V8h4a2.500 2.500 0 0 1 2.500 2.500V12h3v-1.500A5.500 5.500 0 0 0 12 5H8z M16 14.500a2 2 0 1 0 .010 0z",
    backOver:
        "M2 4l1.300 6.700L9.500 8 7 6.800A4.500 4.500 0 0 1 15.500 9h2.800A7.200 7.200 0 0 0 4.600 5.600z M10 12.500a2 2 0 1 0 .010 0z",
    back: "M12 4v12l-8-6zM14 4h2v12h-2z",
    play: "M5 3l12 7-12 7z",
    pause: "M5 3h4v14H5zM11 3h4v14h-4z",
    in: "M8 4l8 6-8 6zM4 4h2v12H4z",
    over: "M18 4l-1.300 6.700L10.500 8 13 6.800A4.500 4.500 0 0 0 4.500 9H1.700A7.200 7.200 0 0 1 15.400 5.600z M10 12.500a2 2 0 1 0 .010 0z",
    out: "M12 2l5.500 4.500L12 11V8H8a2.500 2.500 0 0 0-2.500 2.500V12h-3v-1.500A5.500 5.500 0 0 1 8 5h4z M4 14.500a2 2 0 1 0 .010 0z",
    last: "M14 4h2v12h-2zM4 4l9 6-9 6z",
    passes: "M8 15.200 3 10.200l1.600-1.600L8 12l7.400-7.400L17 6.200z",
    fails: "M5.400 4 10 8.600 14.600 4 16 5.400 11.400 10 16 14.600 14.600 16 10 11.400 5.400 16 4 14.600 8.600 10 4 5.400z",
    undecided: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zm0 2a5 5 0 1 1 0 10 5 5 0 0 1 0-10z",
    flag: "M5 2h2v1h9l-2.500 4L16 11H7v7H5z",
    reveal: "M3 4h9v2H3zM3 9h6v2H3zM3 14h9v2H3zM12 7l5 3.500-5 3.500z",
    follow: "M10 2v3a5 5 0 0 1 5 5h3v0h-3a5 5 0 0 1-5 5v3-3a5 5 0 0 1-5-5H2h3a5 5 0 0 1 5-5zM10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
    keys: "M2 5h16v10H2zm2 2v2h2V7zm3 0v2h2V7zm3 0v2h2V7zm3 0v2h2V7zM6 11v2h8v-2z",
    draw: "M3 13.500V17h3.500L15 8.500 11.500 5zM12.500 4 16 7.500l1.500-1.500a1 1 0 0 0 0-1.500l-2-2a1 1 0 0 0-1.500 0z",
    programs: "M3 3h14v2H3zM3 8h8v2H3zM3 13h6v2H3zM13 18l-3.500-3.500 1.400-1.400L13 15.200l4.100-4.100 1.400 1.400z",
    expected: "M2 4h7v12H2zm2 2v8h3V6zM11 4h7v12h-7zm2 2v8h3V6z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
    return (
        <svg class={`icon icon-${name}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path fill-rule="evenodd" d={PATHS[name]} />
        </svg>
    );
}
