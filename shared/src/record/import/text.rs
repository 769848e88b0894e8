//! Cells as people and programs write them: full-width digits, odd spaces, formulas, totals.

use super::problem::What;
use std::borrow::Cow;

/// A cell for quoting in a message: at most 40 characters.
pub fn shortened(cell: &str) -> String {
    let mut shown: String = cell.chars().take(40).collect();
    if shown.len() < cell.len() {
        shown.push('…');
    }
    shown
}

/// The cell with 全角 letters, digits, signs and spaces as their ordinary forms, trimmed. For numbers, dates and codes;
/// names keep theirs, since （宁波） is how a registered name is written.
pub fn narrowed(cell: &str) -> Cow<'_, str> {
    let cell = cell.trim();
    if cell.is_ascii() {
        return Cow::Borrowed(cell);
    }
    let narrow = |character: char| match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character).saturating_sub(0xFEE0)).unwrap_or(character),
        '\u{3000}' | '\u{A0}' | '\u{2007}' | '\u{2009}' | '\u{202F}' => ' ',
        '−' | '–' | '—' | '‐' | '‑' | '﹣' => '-',
        '’' | '‘' | 'ʼ' => '\'',
        '、' => ',',
        '￥' => '¥',
        other => other,
    };
    let text: String = cell.chars().filter(|character| !is_invisible(*character)).map(narrow).collect();
    Cow::Owned(text.trim().to_owned())
}

/// Marks that change how text looks and not what it says; they come along when cells are copied from web pages.
const fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// A name or description: trimmed, without invisible marks, `="00123"` as the `00123` that it stands for. Refuses
/// formulas, control characters and what is longer than `max` characters.
pub fn text(cell: &str, max: usize) -> Result<Cow<'_, str>, What> {
    let cell = literal(cell.trim());
    if is_formula(cell) {
        return Err(What::Formula { cell: shortened(cell) });
    }
    if let Some(control) =
        cell.chars().find(|character| character.is_control() && !matches!(character, '\r' | '\n' | '\t'))
    {
        return Err(What::ControlCharacter { character: u32::from(control) });
    }
    if cell.len() > max {
        let length = cell.chars().count();
        if length > max {
            return Err(What::TooLong { length, max });
        }
    }
    if cell.is_ascii() && !cell.contains(['\r', '\n', '\t']) {
        return Ok(Cow::Borrowed(cell));
    }
    if !cell.chars().any(|character| is_invisible(character) || matches!(character, '\r' | '\n' | '\t')) {
        return Ok(Cow::Borrowed(cell));
    }
    let visible = cell.chars().filter(|character| !is_invisible(*character));
    let lines: String = visible.map(|character| if character.is_control() { ' ' } else { character }).collect();
    Ok(Cow::Owned(lines.split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// What `="00123"` stands for: programs write so to keep leading zeros. Nothing is computed.
fn literal(cell: &str) -> &str {
    cell.strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|inside| !inside.contains('"'))
        .map_or(cell, str::trim)
}

/// Whether a spreadsheet would compute this cell. A telephone number, a negative amount and a dash are no formulas.
pub fn is_formula(cell: &str) -> bool {
    let mut characters = cell.chars();
    match characters.next() {
        Some('=' | '@' | '＝' | '＠') => true,
        Some('+' | '-' | '＋' | '－') => {
            let number = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | ',' | '/' | '(' | ')' | '\'');
            let rest = characters.as_str();
            rest.starts_with(|c: char| c.is_ascii_graphic()) && !rest.chars().all(number)
        }
        _ => false,
    }
}

/// Words that stand at a sum.
const TOTALS: [&str; 16] = [
    "合计",
    "小计",
    "总计",
    "共计",
    "累计",
    "总合计",
    "本页合计",
    "本页小计",
    "本月合计",
    "本年累计",
    "本期合计",
    "期末余额合计",
    "total",
    "subtotal",
    "grandtotal",
    "totals",
];

/// Whether this cell says that its row is a sum of the rows above.
pub fn is_total(cell: &str) -> bool {
    if cell.len() > 60 {
        return false;
    }
    let word: String = cell.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    TOTALS.contains(&word.as_str())
        || word.ends_with("小计")
        || word.ends_with("合计")
        || (word.starts_with("合计") && word.chars().skip(2).all(|c| c.is_ascii_digit()))
}

/// Whether the total is of a part only.
pub fn is_subtotal(cell: &str) -> bool {
    let lower = cell.to_lowercase();
    ["小计", "本页", "本月", "累计", "sub"].iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_becomes_narrow() {
        assert_eq!(narrowed("　１，２３４．５６　"), "1,234.56");
        assert_eq!(narrowed("−5\u{A0}000"), "-5 000");
        assert_eq!(narrowed("（1）"), "(1)");
        assert_eq!(narrowed("2026年11月20日"), "2026年11月20日");
    }

    #[test]
    fn names_keep_their_form() {
        assert_eq!(
            text(" 远澜国际货运代理（宁波）有限公司\u{200B} ", 100),
            Ok("远澜国际货运代理（宁波）有限公司".into())
        );
        assert_eq!(text("=\"00123\"", 10), Ok("00123".into()));
        assert_eq!(text("two\r\nlines", 10), Ok("two lines".into()));
        assert_eq!(text("客户客户", 3), Err(What::TooLong { length: 4, max: 3 }));
        assert_eq!(text("a\u{7}b", 3), Err(What::ControlCharacter { character: 7 }));
    }

    #[test]
    fn formulas_are_told_from_numbers() {
        for formula in
            ["=1+1", "=SUM(A1:A3)", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd", "＝A1", "=\"a\"&\"b\"", "+A1"]
        {
            assert!(is_formula(formula), "{formula}");
            assert!(text(formula, 100).is_err(), "{formula}");
        }
        for plain in ["-", "+86 574 8765-4321", "-1,234.50", "- 海运费", "-宁波", "a=b", ""] {
            assert!(!is_formula(plain), "{plain}");
        }
    }

    #[test]
    fn totals_are_known() {
        for total in ["合计", "小 计：", "Total", "Grand total:", "宁波恒通 小计", "本页合计", "合计（元）3"]
        {
            assert_eq!(is_total(total), total != "合计（元）3", "{total}");
        }
        for name in ["合计数据有限公司", "Total Energies", "C00012"] {
            assert!(!is_total(name), "{name}");
        }
    }
}
