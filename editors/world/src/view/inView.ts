/**
 * Scrolls a list so that its current element is seen. `scrollIntoView` would scroll all that is around it, too, and where
 * the page is a frame, the window that it is in.
 */
export function keepInView(list: HTMLElement | null): void {
    const current = list?.querySelector<HTMLElement>('[aria-current="true"]');
    if (list === null || current === null || current === undefined) {
        return;
    }
    const [outer, inner] = [list.getBoundingClientRect(), current.getBoundingClientRect()];
    const shift = (from: number, to: number, innerFrom: number, innerTo: number) =>
        Math.min(0, innerFrom - from) || Math.max(0, innerTo - to);
    list.scrollLeft += shift(outer.left, outer.right, inner.left, inner.right);
    list.scrollTop += shift(outer.top, outer.bottom, inner.top, inner.bottom);
}
