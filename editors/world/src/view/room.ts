/** How much room an element has. */
import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

export interface Room {
    width: number;
    height: number;
}

export function useRoom(place: RefObject<HTMLElement | null>): Room {
    const [room, setRoom] = useState<Room>({ width: 0, height: 0 });
    useLayoutEffect(() => {
        const element = place.current;
        if (element === null) {
            return undefined;
        }
        const measure = () => setRoom({ width: element.clientWidth, height: element.clientHeight });
        const resized = new ResizeObserver(measure);
        resized.observe(element);
        measure();
        return () => resized.disconnect();
    }, []);
    return room;
}
