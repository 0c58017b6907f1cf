/** Finds example blocks in a text by their first lines, so that they can be listed before the server has run. */

export interface Header {
    name: string;
    /** 0-based. */
    line: number;
}

/** Blocks stand at the left margin; names are found even where the rest of the line is still being written. */
export function findExamples(text: string): Header[] {
    return text.split(/\r\n|\r|\n/).flatMap((content, line) => {
        const name = /^(?:example|test)[ \t]+"([^"]*)"/.exec(content)?.[1];
        return name === undefined ? [] : [{ name, line }];
    });
}
