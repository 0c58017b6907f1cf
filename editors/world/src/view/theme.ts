/** Tells when colours are to be read anew: a canvas does not follow the style sheet by itself. */

const listeners = new Set<() => void>();
const changed = () => listeners.forEach((listener) => listener());
for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"]) {
    matchMedia(query).addEventListener("change", changed);
}
// VS Code writes its theme into the attributes of these.
const observer = new MutationObserver(changed);
observer.observe(document.documentElement, { attributes: true });
observer.observe(document.body, { attributes: true });

/** Calls back at each change, until what it returns is called. */
export function onTheme(listener: () => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
}

/** Whether things that move are unwelcome. */
export function still(): boolean {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
