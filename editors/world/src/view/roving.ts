/** Arrow keys in a list of buttons of which one alone is a tab stop. */

export function rove(event: KeyboardEvent): void {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const list = event.currentTarget;
    if (by !== 0 && list instanceof HTMLElement) {
        const buttons = [...list.querySelectorAll("button")];
        const to = buttons[buttons.findIndex((button) => button === document.activeElement) + by];
        to?.focus();
        event.preventDefault();
    }
}
