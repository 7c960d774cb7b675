//! Tables: for the eye at a terminal, and as tab-separated lines for a pipe.

use comfy_table::{Cell as Shown, CellAlignment, ColumnConstraint, ContentArrangement, Row, Table, Width};

use crate::output::layout::Field;
use crate::output::sheet::{Cell, Sheet};
use crate::output::{pretty, tree};

/// Characters of a cell that a list shows at most, and of a value of one thing.
const CELL_CHARS_MAX: usize = 200;
const VALUE_CHARS_MAX: usize = 4_000;
/// An object up to this length is shown on one line.
const INLINE_BYTES_MAX: usize = 60;
/// Columns narrower than this are not worth showing; a name that is longer needs its own width.
const COLUMN_CHARS_MIN: usize = 10;
const NAME_CHARS_MAX: usize = 20;
/// The first column names the row, so it is kept whole up to this.
const FIRST_CHARS_MAX: usize = 40;
const GAP_CHARS: usize = 2;

/// Draws rows for a terminal; answers the text and the columns that had no room.
pub(crate) fn draw(sheet: &Sheet, width: usize) -> (String, Vec<String>) {
    let room = columns_that_fit(sheet, width);
    let mut table = blank(width);
    let mut header = Row::from(sheet.columns.iter().take(room).map(|name| Shown::new(visible(name))));
    header.max_height(1);
    table.set_header(header);
    // No cell has this character, so what is too long is cut where the column ends and not after a word.
    table.set_delimiter('\0');
    for row in &sheet.rows {
        let mut shown = Row::from(row.iter().take(room).map(|cell| {
            let align = if cell.number { CellAlignment::Right } else { CellAlignment::Left };
            Shown::new(shorten(&visible(&cell.text), CELL_CHARS_MAX)).set_alignment(align)
        }));
        shown.max_height(1);
        table.add_row(shown);
    }
    let least: Vec<usize> = least_widths(sheet);
    for (column, least) in table.column_iter_mut().zip(least) {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(
            u16::try_from(least + GAP_CHARS).unwrap_or(u16::MAX),
        )));
        column.set_padding((0, 2));
    }
    (finish(&table, true), sheet.columns.iter().skip(room).cloned().collect())
}

/// Draws one thing for a terminal: a line a field.
pub(crate) fn draw_one(fields: &[Field], width: usize) -> String {
    let mut table = blank(width);
    for field in fields {
        let long = field.text.len() > INLINE_BYTES_MAX;
        let value = if long && field.text.starts_with('{') && tree::members(&field.text).is_some() {
            pretty::pretty(&field.text)
        } else {
            field.text.clone()
        };
        let value: String = value.split('\n').map(visible).collect::<Vec<_>>().join("\n");
        table.add_row([visible(&field.name), shorten(&value, VALUE_CHARS_MAX)]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    if let Some(names) = table.column_mut(0) {
        names.set_constraint(ColumnConstraint::ContentWidth);
    }
    finish(&table, false)
}

/// Writes rows as tab-separated lines under their names, whole.
pub(crate) fn lines(sheet: &Sheet) -> String {
    let names: Vec<String> = sheet.columns.iter().map(|name| visible(name)).collect();
    let mut out = names.join("\t");
    out.push('\n');
    for row in &sheet.rows {
        let cells: Vec<String> = row.iter().map(|Cell { text, .. }| visible(text)).collect();
        out.push_str(&cells.join("\t"));
        out.push('\n');
    }
    out
}

/// Writes one thing as lines of a name, a tab and a value.
pub(crate) fn lines_of_one(fields: &[Field]) -> String {
    fields.iter().map(|field| format!("{}\t{}\n", visible(&field.name), visible(&field.text))).collect()
}

fn blank(width: usize) -> Table {
    let mut table = Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_truncation_indicator("…")
        .set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table
}

fn finish(table: &Table, header: bool) -> String {
    let mut out = String::new();
    for (at, line) in table.lines().enumerate() {
        let line = line.trim_end();
        if header && at == 0 {
            out.push_str(&format!("\x1b[1m{line}\x1b[0m\n"));
        } else {
            out.push_str(&format!("{line}\n"));
        }
    }
    out
}

/// The least width of each column: the first one's content, a readable piece of the others.
fn least_widths(sheet: &Sheet) -> Vec<usize> {
    let most = |at: usize, name: &str| match at {
        0 => FIRST_CHARS_MAX,
        _ => name.chars().count().clamp(COLUMN_CHARS_MIN, NAME_CHARS_MAX),
    };
    let widest = |at: usize, name: &str| {
        let cells = sheet.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.text.chars().count());
        cells.chain([name.chars().count()]).max().unwrap_or(0)
    };
    sheet.columns.iter().enumerate().map(|(at, name)| widest(at, name).min(most(at, name))).collect()
}

/// How many of the columns there is room for; at least one.
fn columns_that_fit(sheet: &Sheet, width: usize) -> usize {
    let mut used = 0;
    let fit = least_widths(sheet).into_iter().take_while(|least| {
        used += least + GAP_CHARS;
        used <= width + GAP_CHARS
    });
    fit.count().max(1)
}

/// Text with its control characters spelled out, so that data cannot break lines or drive the terminal, nor
/// turn around what stands beside it.
fn visible(text: &str) -> String {
    let drives = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(drives) {
        return text.to_owned();
    }
    let spell = |c: char| if drives(c) { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(spell).collect()
}

fn shorten(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::layout::{self, Rows};

    const THINGS: [&str; 2] = [
        r#"{"id":"r1","version":1,"data":{"title":"a rather long title that cannot be shown","n":5},"updated_at":"2026"}"#,
        r#"{"id":"r2","version":12,"data":{"title":"b\n\u001b[31m","n":100},"updated_at":"2026"}"#,
    ];

    #[test]
    fn a_table_keeps_to_the_width_and_names_what_it_leaves_out() {
        let sheet = Sheet::of(Rows::Records, &THINGS, true);
        let (text, left_out) = draw(&sheet, 30);
        assert_eq!(left_out, ["updated_at"]);
        for line in text.lines().skip(1) {
            assert!(line.chars().count() <= 32, "{line}");
        }
        let (text, left_out) = draw(&sheet, 200);
        assert!(left_out.is_empty());
        assert!(text.contains("a rather long title that cannot be shown"), "{text}");
    }

    #[test]
    fn a_pipe_gets_every_value_whole_in_lines_that_cut_takes_apart() {
        let text = lines(&Sheet::of(Rows::Records, &THINGS, true));
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(rows[0], ["id", "title", "n", "version", "updated_at"]);
        assert_eq!(rows[1][1], "a rather long title that cannot be shown");
        assert_eq!(rows[2][1], "b\\n\\u{1b}[31m");
    }

    #[test]
    fn one_thing_is_a_line_a_field() {
        let fields = layout::lay_out_one(THINGS[0]);
        assert!(lines_of_one(&fields).contains("data.n\t5\n"));
        assert!(draw_one(&fields, 80).contains("data.title"));
    }

    #[test]
    fn text_cannot_turn_around_what_stands_beside_it() {
        assert_eq!(visible("a\u{202e}b\u{2066}c\u{9b}\u{5d0}"), "a\\u{202e}b\\u{2066}c\\u{9b}\u{5d0}");
    }

    #[test]
    fn text_is_shortened_between_characters() {
        assert_eq!(shorten("äöü", 3), "äöü");
        assert_eq!(shorten("äöü", 2), "äö…");
    }
}
