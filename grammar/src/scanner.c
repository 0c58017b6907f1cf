// Lines, blocks, comments and grid cells: what a context-free grammar can't say of an indented language.
//
// The line tokens have no width. They are made at the end of a line's text, before its line end, when the next line
// of text has been looked at; all that is to be known of it (does a block open, how many end) is found there, once,
// and kept in the state, so that no text is looked over again and again. Comments and empty lines are no lines of
// text. `\n`, `\r\n` and a lone `\r` end a line; a tab goes on to the next multiple of 4.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum Token {
    NEWLINE,
    INDENT,
    OVERINDENT,
    DEDENT,
    DATA_OPEN,
    ROW_END,
    EMPTY,
    WALL,
    MARKERS,
    ROBOT,
    UNKNOWN_CELL,
    COMMENT,
    START,
    ERROR_SENTINEL,
};

enum {
    TAB = 4,
    MAX_COLUMN = 0x7fff,
    // Flag of a level: it holds a grid's rows, not a block's lines.
    DATA = 0x8000,
    // Deeper blocks are not opened: their lines then belong to the innermost one. Far more than the checks after
    // the parser allow, and few enough to be serialized.
    MAX_DEPTH = 400,
};

_Static_assert(6 + 2 * MAX_DEPTH <= TREE_SITTER_SERIALIZATION_BUFFER_SIZE, "the state must fit");

typedef struct {
    // Of the line that is being read.
    uint16_t column;
    // So many blocks end before the next line of text.
    uint16_t closing;
    uint16_t depth;
    // The open blocks' columns, outermost first. The file itself, at column 0, isn't among them.
    uint16_t levels[MAX_DEPTH];
} Scanner;

// Some words tell where their line belongs, whatever its column.
typedef enum { OTHER, DEFINITION, SECTION, ELSE } Kind;

// The next line of text.
typedef struct {
    bool eof;
    uint16_t column;
    Kind kind;
    // The letters and digits it begins with, maybe none, at most 11. They have been read.
    char word[12];
} Line;

// ---- characters -----------------------------------------------------------------------------------------------

static inline bool is_line_end(int32_t c) { return c == '\n' || c == '\r'; }

static inline bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\f' || c == '\v'; }

static inline bool is_digit(int32_t c) { return c >= '1' && c <= '9'; }

static inline bool is_heading(int32_t c) {
    return c == '^' || c == '>' || c == 'v' || c == '<' || (c >= 0x2190 && c <= 0x2193);
}

static inline bool is_word(int32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static inline bool at_line_end(TSLexer *lexer) { return lexer->eof(lexer) || is_line_end(lexer->lookahead); }

static inline void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static inline void to_line_end(TSLexer *lexer) {
    while (!at_line_end(lexer)) advance(lexer);
}

// Goes over blanks and line ends. Tells whether there was a line end, and the column reached, counted from there.
static bool skip_blanks(TSLexer *lexer, uint16_t *column) {
    bool line_end = false;
    uint32_t at = 0;
    while (!lexer->eof(lexer) && (is_blank(lexer->lookahead) || is_line_end(lexer->lookahead))) {
        if (is_line_end(lexer->lookahead)) {
            line_end = true;
            at = 0;
        } else if (lexer->lookahead != '\f') {
            // a form feed has no width
            at = lexer->lookahead == '\t' ? (at / TAB + 1) * TAB : at + 1;
        }
        lexer->advance(lexer, true);
    }
    *column = at < MAX_COLUMN ? at : MAX_COLUMN;
    return line_end;
}

// ---- lines ahead ----------------------------------------------------------------------------------------------

static bool is_one_of(const char *word, const char *const *words) {
    for (; *words; words++) {
        if (strcmp(word, *words) == 0) return true;
    }
    return false;
}

static Kind read_kind(TSLexer *lexer, const char *word) {
    static const char *const definitions[] = {"def", "example", "examples", "test", NULL};
    static const char *const sections[] = {"input", "output", "trace", NULL};
    if (strcmp(word, "else") == 0) return ELSE;
    if (is_one_of(word, definitions)) return lexer->lookahead == '(' ? OTHER : DEFINITION;
    if (is_one_of(word, sections)) {
        while (is_blank(lexer->lookahead)) advance(lexer);
        return lexer->lookahead == ':' || lexer->lookahead == '?' || at_line_end(lexer) ? SECTION : OTHER;
    }
    return OTHER;
}

// Reads the start of the line of text at which the lexer stands.
static Line read_line(TSLexer *lexer, uint16_t column) {
    Line line = {lexer->eof(lexer), column, OTHER, {0}};
    if (line.eof) {
        line.column = 0;
        return line;
    }
    unsigned length = 0;
    while (length < 11 && is_word(lexer->lookahead)) {
        line.word[length++] = (char)lexer->lookahead;
        advance(lexer);
    }
    if (length < 11 && lexer->lookahead < 0x80) line.kind = read_kind(lexer, line.word);
    // wherever it stands, a definition is at top level
    if (line.kind == DEFINITION) line.column = 0;
    return line;
}

// Goes over comments and blank lines, from the first character of a line.
static Line find_line(TSLexer *lexer, uint16_t column) {
    while (!lexer->eof(lexer) && lexer->lookahead == '#') {
        to_line_end(lexer);
        skip_blanks(lexer, &column);
    }
    return read_line(lexer, column);
}

// The same, where the line that begins with `#` may have been read in part.
static Line find_line_after(TSLexer *lexer, bool hash, Line line) {
    uint16_t column;
    if (!hash) return line;
    to_line_end(lexer);
    skip_blanks(lexer, &column);
    return find_line(lexer, column);
}

// ---- blocks ---------------------------------------------------------------------------------------------------

static inline uint16_t level(const Scanner *scanner, uint16_t depth) {
    return depth ? scanner->levels[depth - 1] & MAX_COLUMN : 0;
}

static inline bool in_data(const Scanner *scanner) {
    return scanner->depth && scanner->levels[scanner->depth - 1] & DATA;
}

static bool open_block(Scanner *scanner, uint16_t column, uint16_t flag) {
    if (scanner->depth >= MAX_DEPTH) return false;
    scanner->levels[scanner->depth++] = column | flag;
    scanner->column = column;
    scanner->closing = 0;
    return true;
}

// A column between two blocks' is a mistake. The line then belongs to the nearer block, or to the inner if both are
// equally near; but never to the file itself, and an `else` goes out to its `if`.
static bool ends_block(const Scanner *scanner, uint16_t depth, Line line) {
    uint16_t inner = level(scanner, depth), outer = level(scanner, depth - 1);
    if (line.column >= inner) return false;
    if (line.column <= outer || line.kind == ELSE) return true;
    return depth > 1 && line.column - outer < inner - line.column;
}

// Takes note of the line that comes next, when `closing` blocks end before it anyway.
static void go_to_line(Scanner *scanner, Line line, uint16_t closing) {
    while (closing < scanner->depth && (line.eof || ends_block(scanner, scanner->depth - closing, line))) closing++;
    scanner->column = line.column;
    scanner->closing = closing;
}

static bool accept(TSLexer *lexer, enum Token token) {
    lexer->result_symbol = token;
    return true;
}

// The text of a line has ended, outside grids. All that follow take the lexer at the next line's first character.
static bool scan_line_end(Scanner *scanner, TSLexer *lexer, const bool *valid, uint16_t column) {
    Line line = find_line(lexer, column);
    if (line.column > scanner->column && line.kind != SECTION) {
        if (valid[INDENT] && open_block(scanner, line.column, 0)) return accept(lexer, INDENT);
        if (valid[OVERINDENT] && line.column > level(scanner, scanner->depth) && open_block(scanner, line.column, 0)) {
            return accept(lexer, OVERINDENT);
        }
    }
    if (!valid[NEWLINE]) return false;
    go_to_line(scanner, line, 0);
    return accept(lexer, NEWLINE);
}

// ---- grids ----------------------------------------------------------------------------------------------------

// Reads up to the next blank, and tells what kind of cell that is.
static enum Token read_cell(TSLexer *lexer) {
    enum Token cell = UNKNOWN_CELL;
    int32_t first = lexer->lookahead;
    advance(lexer);
    if (first == '.') {
        cell = EMPTY;
    } else if (first == '#') {
        cell = WALL;
    } else if (is_digit(first)) {
        cell = MARKERS;
    } else if (is_heading(first)) {
        cell = ROBOT;
        if (is_digit(lexer->lookahead)) advance(lexer);
    }
    while (!at_line_end(lexer) && !is_blank(lexer->lookahead)) {
        cell = UNKNOWN_CELL;
        advance(lexer);
    }
    return cell;
}

// Is the line, of which the start has been read, nothing but cells?
static bool is_all_cells(TSLexer *lexer, Line line) {
    const char *word = line.word;
    if (line.kind != OTHER) return false;
    if (*word) {
        bool robot = *word == 'v';
        if (robot) word++;
        if (is_digit(*word)) word++;
        else if (!robot) return false;
        if (*word || !(at_line_end(lexer) || is_blank(lexer->lookahead))) return false;
    }
    for (;;) {
        while (is_blank(lexer->lookahead)) advance(lexer);
        if (at_line_end(lexer)) return true;
        if (read_cell(lexer) == UNKNOWN_CELL) return false;
    }
}

// A section's first line has ended: are its rows below it? Rows that aren't deeper than their section (a mistake) are
// known by being nothing but cells; so are rows without a section, where sections could stand too (`valid[INDENT]`).
static bool scan_data_open(Scanner *scanner, TSLexer *lexer, const bool *valid, uint16_t column) {
    bool hash = lexer->lookahead == '#';
    Line line = read_line(lexer, column);
    bool deeper = column > scanner->column;
    bool rows = false;
    if (!line.eof && line.kind != DEFINITION) {
        if (deeper && !valid[INDENT]) rows = line.kind != SECTION;
        else if (deeper || column == scanner->column) rows = is_all_cells(lexer, line);
    }
    if (rows && open_block(scanner, column, DATA)) return accept(lexer, DATA_OPEN);
    line = find_line_after(lexer, hash, line);
    if (valid[INDENT] && line.column > scanner->column && open_block(scanner, line.column, 0)) {
        return accept(lexer, INDENT);
    }
    go_to_line(scanner, line, 0);
    return accept(lexer, valid[ROW_END] ? ROW_END : NEWLINE);
}

// A row has ended: is the next line a row too?
static bool scan_row_end(Scanner *scanner, TSLexer *lexer, uint16_t column) {
    bool hash = lexer->lookahead == '#';
    uint16_t inner = level(scanner, scanner->depth), outer = level(scanner, scanner->depth - 1);
    Line line = read_line(lexer, column);
    bool ends = line.eof || line.kind == DEFINITION || line.kind == SECTION;
    if (!ends) ends = inner > outer ? column <= outer : column < inner || !is_all_cells(lexer, line);
    if (ends) go_to_line(scanner, find_line_after(lexer, hash, line), 1);
    return accept(lexer, ROW_END);
}

static bool scan_cell(TSLexer *lexer) {
    enum Token cell = read_cell(lexer);
    lexer->mark_end(lexer);
    return accept(lexer, cell);
}

// ---- the parser's side ----------------------------------------------------------------------------------------

static bool scan_comment(TSLexer *lexer) {
    to_line_end(lexer);
    lexer->mark_end(lexer);
    return accept(lexer, COMMENT);
}

// A body on its header's line ends before `else`.
static bool scan_else(TSLexer *lexer) {
    if (lexer->lookahead != 'e') return false;
    return read_line(lexer, 0).kind == ELSE && !is_word(lexer->lookahead) && accept(lexer, NEWLINE);
}

static bool scan(Scanner *scanner, TSLexer *lexer, const bool *valid) {
    // When the parser has met an error it takes everything for valid: then no line or block is made up.
    bool recovering = valid[ERROR_SENTINEL];
    uint16_t column = 0;
    lexer->mark_end(lexer);
    bool line_end = skip_blanks(lexer, &column) || lexer->eof(lexer);
    bool hash = !lexer->eof(lexer) && lexer->lookahead == '#';

    if (recovering) return hash && scan_comment(lexer);

    if (valid[START]) {
        scanner->column = find_line(lexer, column).column;
        return accept(lexer, START);
    }
    // within a row
    if (valid[ROW_END]) {
        if (!line_end) return scan_cell(lexer);
        return valid[DATA_OPEN] ? scan_data_open(scanner, lexer, valid, column) : scan_row_end(scanner, lexer, column);
    }
    // within a line
    if (valid[NEWLINE]) {
        if (line_end) return (valid[DATA_OPEN] ? scan_data_open : scan_line_end)(scanner, lexer, valid, column);
        if (hash) return scan_comment(lexer);
        if (!valid[EMPTY]) return scan_else(lexer);
        return lexer->lookahead != ':' && lexer->lookahead != '?' && scan_cell(lexer);
    }
    // between two lines
    if (valid[DEDENT] && scanner->closing && scanner->depth) {
        // a comment in the block's column is in the block still
        if (hash && !in_data(scanner) && column >= level(scanner, scanner->depth)) return scan_comment(lexer);
        scanner->closing--;
        scanner->depth--;
        return accept(lexer, DEDENT);
    }
    if (valid[EMPTY]) return !lexer->eof(lexer) && scan_cell(lexer);
    return hash && scan_comment(lexer);
}

void *tree_sitter_karel_external_scanner_create(void) { return ts_calloc(1, sizeof(Scanner)); }

void tree_sitter_karel_external_scanner_destroy(void *payload) { ts_free(payload); }

bool tree_sitter_karel_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid_symbols) {
    return scan((Scanner *)payload, lexer, valid_symbols);
}

unsigned tree_sitter_karel_external_scanner_serialize(void *payload, char *buffer) {
    const Scanner *scanner = (const Scanner *)payload;
    unsigned size = offsetof(Scanner, levels) + scanner->depth * sizeof(uint16_t);
    memcpy(buffer, scanner, size);
    return size;
}

void tree_sitter_karel_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
    Scanner *scanner = (Scanner *)payload;
    memset(scanner, 0, offsetof(Scanner, levels));
    if (length) memcpy(scanner, buffer, length);
}
