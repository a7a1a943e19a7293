//! The words for a severity, in the spellings of all products.

/// The severities of syslog, by their number (RFC 5424, table 2).
pub const SYSLOG: [&str; 8] = ["emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"];

/// Words for an error, or worse.
#[rustfmt::skip]
const ERRORS: [&str; 11] = [
    "emerg", "emergency", "alert", "crit", "critical", "fatal", "severe", "panic", "dpanic", "error", "err",
];

/// Words for what is less than an error, and cut or misspelt ones that only recognition needs.
#[rustfmt::skip]
const OTHERS: [&str; 57] = [
    "warn", "warning", "notice", "info", "information", "informational", "debug", "trace", "verbose", "fine", "finer",
    "finest", "config", "log", "note", "system", "dbg", "inf", "wrn", "statement", "detail", "hint", "context",
    "location", "query", "debug1", "debug2", "debug3", "debug4", "debug5", "erro", "eror", "debg", "blat", "ftl",
    "fatl", "fail", "trce", "dbug", "trc", "vrb", "alrt", "emrg", "subdebug", "ddebug", "success", "silly", "noise",
    "default", "trace1", "trace2", "trace3", "trace4", "trace5", "trace6", "trace7", "trace8",
];

/// What PostgreSQL writes in other languages (`src/backend/po`) for an error, or worse.
#[rustfmt::skip]
const FOREIGN_ERRORS: [&str; 26] = [
    "FEHLER", "PANIK", "ERREUR", "ERRORE", "FATALE", "PANICO", "FEL", "FATALT", "ОШИБКА", "ВАЖНО",
    "ПАНИКА", "ПОМИЛКА", "ФАТАЛЬНО", "ПАНІКА", "შეცდომა", "ფატალური", "პანიკა", "오류", "치명적오류", "손상", "错误", "致命错误",
    "灾难性错误", "錯誤", "致命錯誤", "嚴重錯誤",
];

/// The same for less.
#[rustfmt::skip]
const FOREIGN_OTHERS: [&str; 35] = [
    "HINWEIS", "WARNUNG", "ATTENTION", "NOTIFICA", "ATTENZIONE", "LOGG", "NOTIS", "VARNING", "ОТЛАДКА", "СООБЩЕНИЕ",
    "ИНФОРМАЦИЯ", "ЗАМЕЧАНИЕ", "ПРЕДУПРЕЖДЕНИЕ", "НАЛАГОДЖЕННЯ", "ЗАПИСУВАННЯ", "ІНФОРМАЦІЯ", "ПОВІДОМЛЕННЯ",
    "ПОПЕРЕДЖЕННЯ", "გამართვა", "ჟურნალი", "ინფორმაცია", "გაფრთხილება", "디버그", "로그", "정보", "알림", "경고", "调试", "日志",
    "信息", "注意", "警告", "除錯", "日誌", "資訊",
];

/// And for the lines that go on with a message.
#[rustfmt::skip]
const FOREIGN_FURTHER: [&str; 59] = [
    "TIPP", "ANFRAGE", "ZUSAMMENHANG", "ORT", "ANWEISUNG", "DETALLE", "CONSULTA", "CONTEXTO",
    "UBICACIÓN", "SENTENCIA", "DÉTAIL", "ASTUCE", "REQUÊTE", "CONTEXTE", "EMPLACEMENT", "INSTRUCTION",
    "DETTAGLI", "SUGGERIMENTO", "CONTESTO", "POSIZIONE", "ISTRUZIONE", "ПОДРОБНОСТИ", "ПОДСКАЗКА",
    "ЗАПРОС", "КОНТЕКСТ", "ПОЛОЖЕНИЕ", "СТЕК", "ОПЕРАТОР", "DETALJ", "TIPS", "FRÅGA", "KONTEXT",
    "PLATS", "SATS", "ВІДОМОСТІ", "УКАЗІВКА", "ЗАПИТ", "РОЗТАШУВАННЯ", "ІНСТРУКЦІЯ", "詳細", "ヒント",
    "問い合わせ", "文脈", "場所", "文", "상세정보", "힌트", "쿼리", "내용", "위치", "详情", "提示", "查询", "上下文", "位置", "语句", "詳情",
    "查詢", "陳述式",
];

/// Letters and numbers for an error, or worse. They are no words: `e` and `50` stand in many places that are no level.
const MARKS: [&str; 4] = ["e", "f", "50", "60"];

/// Whether `word` is one of the most frequent ones as most logs write them; they are less than an error.
pub fn is_frequent(word: &[u8]) -> bool {
    matches!(
        word,
        b"INFO" | b"WARN" | b"DEBUG" | b"TRACE" | b"WARNING" | b"info" | b"warn" | b"debug" | b"warning" | b"notice"
    )
}

/// The same for words of an error.
fn is_frequent_error(word: &[u8]) -> bool {
    matches!(word, b"error" | b"ERROR" | b"err" | b"crit")
}

/// Whether `word` names a severity, in any of the usual spellings.
pub fn is_level(word: &[u8]) -> bool {
    is_frequent(word)
        || is_frequent_error(word)
        || (word.len() <= 13 && (names(&ERRORS, word) || names(&OTHERS, word)))
        || is_foreign(word, &FOREIGN_OTHERS)
        || is_foreign(word, &FOREIGN_FURTHER)
        || is_foreign(word, &FOREIGN_ERRORS)
}

/// Whether a level is that of an error, or worse.
pub fn is_error(level: &[u8]) -> bool {
    is_frequent_error(level) || (!is_frequent(level) && is_named_error(level))
}

fn is_named_error(level: &[u8]) -> bool {
    names(&ERRORS, level) || names(&MARKS, level) || is_foreign(level, &FOREIGN_ERRORS)
}

/// These are written in capitals or in letters that have none, which sends nearly every word away.
fn is_foreign(word: &[u8], list: &[&str]) -> bool {
    word.len() >= 3
        && word.len() <= 42
        && word.iter().all(|byte| byte.is_ascii_uppercase() || !byte.is_ascii())
        && list.iter().any(|name| name.as_bytes() == word)
}

fn names(list: &[&str], word: &[u8]) -> bool {
    list.iter().any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
}

/// All words that [`is_level`] knows, in one of their spellings.
#[cfg(test)]
pub(crate) fn names_of_levels() -> impl Iterator<Item = &'static str> {
    let foreign = FOREIGN_ERRORS.iter().chain(&FOREIGN_OTHERS).chain(&FOREIGN_FURTHER);
    ERRORS.iter().chain(&OTHERS).chain(foreign).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frequent_ones_are_no_errors() {
        for word in OTHERS.iter().flat_map(|word| [word.to_string(), word.to_ascii_uppercase()]) {
            assert!(is_level(word.as_bytes()) && !is_named_error(word.as_bytes()), "{word}");
        }
        assert!(["error", "ERROR", "err", "crit"].iter().all(|word| {
            is_frequent_error(word.as_bytes()) && is_named_error(word.as_bytes()) && is_level(word.as_bytes())
        }));
        assert!(["INFO", "warn", "notice"].iter().all(|word| is_frequent(word.as_bytes())));
        assert!(ERRORS.iter().chain(&MARKS).all(|word| !is_frequent(word.as_bytes()) && is_error(word.as_bytes())));
    }

    #[test]
    fn an_error_is_a_level_and_a_mark_is_not() {
        assert!(is_level(b"Error") && is_error(b"Error"));
        assert!(is_level(b"WARN") && !is_error(b"WARN"));
        assert!(!is_level(b"50") && is_error(b"50"));
        assert!(is_level(b"FEHLER") && is_error(b"FEHLER") && !is_level(b"Fehler"));
        assert!(is_level("ПРЕДУПРЕЖДЕНИЕ".as_bytes()) && !is_error(b"WARNUNG"));
        assert!(!is_level(b"erroneous") && !is_error(b""));
    }
}
