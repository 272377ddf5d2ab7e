//! Finds the word that was meant.

/// The candidate that is at most two slips away from a word, or that continues it.
pub(super) fn closest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    let allowed = if word.len() < 4 { 1 } else { 2 };
    let rated = candidates.filter_map(|candidate| {
        let known = candidate.to_ascii_lowercase();
        let slips = slips(&word, &known);
        let squeezed = |text: &str| text.replace(['.', '_'], "");
        if slips <= allowed {
            Some((slips, candidate))
        } else if squeezed(&word) == squeezed(&known) {
            Some((allowed, candidate))
        } else {
            (word.len() > 3 && known.ends_with(&format!(".{word}"))).then_some((3, candidate))
        }
    });
    let closest = rated.min_by_key(|(slips, _)| *slips);
    closest.map(|(_, candidate)| candidate)
}

/// How many letters must be put in, left out, changed or swapped with the next.
fn slips(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len().abs_diff(other.len()) > 2 {
        return usize::MAX;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for row in 1..=one.len() {
        let mut current = vec![row];
        for column in 1..=other.len() {
            let is_same = one[row - 1] == other[column - 1];
            let mut cost = (last[column - 1] + usize::from(!is_same))
                .min(last[column] + 1)
                .min(current[column - 1] + 1);
            let is_swap = row > 1
                && column > 1
                && one[row - 1] == other[column - 2]
                && one[row - 2] == other[column - 1];
            if is_swap {
                cost = cost.min(before_last[column - 2] + 1);
            }
            current.push(cost);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_seen_through() {
        let words = [
            "responsetime",
            "http.url",
            "user",
            "fault",
            "OR",
            "http.useragent",
        ];
        let found = |word| closest(word, words.into_iter());
        for (word, meant) in [
            ("responsetme", Some("responsetime")),
            ("resposnetime", Some("responsetime")),
            ("response_time", Some("responsetime")),
            ("Faults", Some("fault")),
            ("useragent", Some("http.useragent")),
            ("httpurl", Some("http.url")),
            ("xyz", None),
            ("", None),
            ("latency", None),
        ] {
            assert_eq!(found(word), meant, "{word}");
        }
    }
}
