/**
 * Karel by example: programs, example blocks, grids.
 *
 * The grammar is total: it gives a tree without ERROR for (nearly) every text. Colons, parentheses, conditions,
 * names and bodies are all optional, statements may stand at top level, and what fits nowhere is `unexpected`.
 * A later pass (`server/syntax/src/parse`) judges, with a message for each mistake.
 *
 * Lines and blocks come from the external scanner (src/scanner.c), as zero-width tokens:
 *   _newline       the line ends here, the next one is no deeper (or `else` follows on the same line)
 *   _indent        the header ends here, its body is on the lines below, deeper than the header
 *   _overindent    the line ends here, but it is no header and the next line is deeper all the same
 *   _dedent        the block ends here
 *   _data_open     a section's first line ends here, its grid is on the lines below
 *   _row_end       a grid row ends here
 * The scanner also makes the comments (so that it knows where blocks end) and a grid's cells (a grid has no
 * comments: `#` is a wall).
 */

/// <reference types="tree-sitter-cli/dsl" />

module.exports = grammar({
  name: 'karel',

  word: $ => $.identifier,

  extras: $ => [/[ \t\r\n\f\v]/, $.comment],

  externals: $ => [
    $._newline,
    $._indent,
    $._overindent,
    $._dedent,
    $._data_open,
    $._row_end,
    $.empty,
    $.wall,
    $.markers,
    $.robot,
    $.unknown_cell,
    $.comment,
    $._start,
    $._error_sentinel,
  ],

  rules: {
    source_file: $ => seq(
      optional($._start),
      repeat(choice($.procedure, $.example, $.include, $.section, $._line)),
    ),

    // ---- definitions -------------------------------------------------------------------------------------

    procedure: $ => prec(1, seq(
      'def',
      field('name', optional($.identifier)),
      field('parameters', optional($.arguments)),
      optional($._skipped),
      optional(':'),
      field('body', $._body),
    )),

    include: $ => seq(
      'examples',
      optional(choice(seq(field('path', $.string), optional(alias($.words, $.unexpected))), $.unquoted)),
      $._newline_or_more,
    ),

    // ---- statements --------------------------------------------------------------------------------------

    // What follows a header, up to and with the end of the line. Empty where the author wrote none.
    _body: $ => choice(
      alias($._line, $.block),
      $._newline,
      seq($._indent, $.block),
    ),

    // With the `_dedent`, so that comments at the block's end are in it.
    block: $ => seq($._lines, $._dedent),

    _lines: $ => repeat1(choice($._line, $.section)),

    // A line of statements. A header takes all that follows it on its line.
    _line: $ => choice(
      seq($._simple_statements, $._newline_or_more),
      seq(optional($._simple_statements), $._compound_statement),
    ),

    _newline_or_more: $ => choice($._newline, seq($._overindent, $.overindented)),

    // Lines deeper than the one before, though that is no header.
    overindented: $ => seq($._lines, $._dedent),

    _simple_statements: $ => repeat1(choice($.call, $.hole, $.unexpected, ';')),

    _compound_statement: $ => choice(
      $.while_statement,
      $.repeat_statement,
      $.if_statement,
      alias($.else_clause, $.stray_else),
      $.unknown_statement,
    ),

    while_statement: $ => seq('while', $._header_rest),

    repeat_statement: $ => seq(
      'repeat',
      field('count', optional($._expression)),
      optional($._skipped),
      optional(':'),
      field('body', $._body),
    ),

    if_statement: $ => prec.right(seq(
      'if',
      $._header_rest,
      optional(field('alternative', $.else_clause)),
    )),

    _header_rest: $ => seq(
      field('condition', optional($._expression)),
      optional($._skipped),
      optional(':'),
      field('body', $._body),
    ),

    else_clause: $ => seq(
      'else',
      optional($._skipped),
      optional(':'),
      field('body', $._body),
    ),

    // A header whose word is none of the language's, as `ifelse(b):` or `whille(b):`.
    unknown_statement: $ => prec(-1, seq(
      field('keyword', $.identifier),
      field('condition', optional($.arguments)),
      ':',
      field('body', $._body),
    )),

    hole: _ => '...',

    // ---- expressions -------------------------------------------------------------------------------------

    // A call, a condition or a count, as the place where it stands demands.
    _expression: $ => prec(1, choice(
      $.call,
      $.not,
      $.number,
      alias('?', $.hole),
      $.parenthesized,
    )),

    call: $ => prec.right(seq(field('name', $.identifier), field('arguments', optional($.arguments)))),

    arguments: $ => prec.right(seq('(', repeat(choice($._expression, $.string, $.unexpected)), optional(')'))),

    parenthesized: $ => prec.right(seq('(', repeat(choice($._expression, $.string, $.unexpected)), optional(')'))),

    not: $ => prec.right(seq('not', field('condition', optional($._expression)))),

    number: _ => /[+-]?[0-9]+(\.[0-9]+)?/,

    identifier: _ => /[\p{L}_][\p{L}\p{Nd}_]*/,

    // The closing quote may be missing; then the string goes on to the end of the line.
    string: _ => token(/"[^"\r\n]*"?/),

    // What stands between a header's parts and its colon.
    _skipped: $ => prec(1, choice($.unexpected, seq($._skipped, $.unexpected))),

    // Whatever fits nowhere else: never over the end of a line, never over a word, `:` alone.
    unexpected: _ => token(prec(-1, /[^\s;:#\p{L}_]+|:/)),

    // ---- examples ----------------------------------------------------------------------------------------

    example: $ => seq(
      field('kind', choice('example', 'test')),
      optional(choice(
        seq(field('name', $.string), optional(field('crashes', 'crashes')), optional(alias($.words, $.unexpected))),
        seq($.unquoted, optional(seq(field('crashes', 'crashes'), optional(alias($.words, $.unexpected))))),
        seq(field('crashes', 'crashes'), optional(alias($.words, $.unexpected))),
      )),
      optional(seq(':', optional(alias($.words, $.unexpected)))),
      choice(
        $._newline,
        seq($._indent, field('body', $.example_body)),
        // rows without `input:` above them
        seq($._data_open, $.grid, $._dedent),
      ),
    ),

    // A name without its quotes.
    unquoted: $ => prec.right(1, repeat1(choice($.identifier, $.number, $.unexpected, ';'))),

    words: $ => repeat1(choice($.identifier, $.number, $.unexpected, $.string, ';')),

    example_body: $ => seq(
      repeat1(choice($.section, $.unknown_section, $.stray_row)),
      $._dedent,
    ),

    stray_row: $ => seq(
      choice($.unexpected, ';', $.string),
      repeat(choice($.identifier, $.unexpected, ';', $.string)),
      $._newline_or_more,
    ),

    section: $ => choice(
      seq(
        field('keyword', choice('input', 'output')),
        $._section_rest,
      ),
      seq(
        field('keyword', 'trace'),
        optional(field('inferred', '?')),
        optional(':'),
        $._trace_rest,
      ),
    ),

    // A section whose word is none of the three.
    unknown_section: $ => seq(field('keyword', $.identifier), $._section_rest),

    _section_rest: $ => seq(
      optional(alias('?', $.unexpected)),
      optional(':'),
      optional($._skipped),
      choice(
        $._newline,
        alias($._grid_from_here, $.grid),
        seq($._data_open, $.grid, $._dedent),
      ),
    ),

    // The first row stands on the section's own line.
    _grid_from_here: $ => seq(
      alias(repeat1($._cell), $.row),
      choice($._row_end, seq($._data_open, repeat1($.row), $._dedent)),
    ),

    grid: $ => repeat1($.row),

    row: $ => seq(repeat1($._cell), $._row_end),

    _cell: $ => choice($.empty, $.wall, $.markers, $.robot, $.unknown_cell),

    _trace_rest: $ => choice(
      $._newline,
      seq($.actions, $._newline),
      seq(optional($.actions), $._trace_lines),
    ),

    _trace_lines: $ => seq(
      choice($._indent, $._overindent),
      repeat1(seq($.actions, $._newline_or_more)),
      $._dedent,
    ),

    actions: $ => repeat1(choice($.identifier, $.unexpected, ';')),
  },
});
