//! How often letters follow each other in Russian names and words, and which letters each alphabet has. This
//! distinguishes a name from letters that were decoded wrongly.

/// The number of columns of [`FOLLOWERS`]: the letters and the end of a word.
const COLUMNS: usize = 33;

/// How often a letter (column: а to я, then the end of the word) follows another one (row: the beginning of the word,
/// then а to я). 5 is as often as by chance; each step up is twice as often, each step down half as often. Counted over
/// 56,000 first and last names of people from Russia, Ukraine, Belarus, Kazakhstan, Bulgaria and Moldova and over the
/// 30,000 most frequent Russian words.
const FOLLOWERS: [&[u8; COLUMNS]; 33] = [
    b"666564555175665657644434400003230",
    b"055455353556570365633423410000248",
    b"821058116035037063060101033510123",
    b"900126026034046034230012101510028",
    b"801037117025248061170000001310314",
    b"814137617043357264160112102531345",
    b"248454342566573376622333410000016",
    b"920167007040266002070001000221004",
    b"856456227044567041250100001530246",
    b"345456254566673366612445320000367",
    b"242452331055564156502334400400019",
    b"832006107024228155560020001300007",
    b"731347318045337203450202100470456",
    b"850207327032347323060212100411137",
    b"841456317050057014551034000630247",
    b"058554443556561466502323310000036",
    b"730007106035038383350012101420034",
    b"852547437053447214560312301530246",
    b"734017006075446534850202101440265",
    b"735037207053247165260101001560337",
    b"453453452367652576502525530100416",
    b"810217218035127163464102001231116",
    b"813004016003647063450002001320208",
    b"705118018061116112050210101603216",
    b"701009007062166020360000200130016",
    b"833008007074356220460100000440006",
    b"722229228222252222262222222232224",
    b"264347342357573386433235442222365",
    b"065446341666760466500614500000027",
    b"143346343050574116403244400000469",
    b"225462232578662475645322422223226",
    b"161351441166550266702435560000208",
    b"034344351355570354610423330000329",
];

/// The letters beyond ASCII of each Latin alphabet, in lower case; upper-case letters belong to the same alphabets.
const LATIN_ALPHABETS: [&str; 23] = [
    "äöüß",
    "àâæçéèêëîïôœùûü",
    "áéíóúüñïçàèò",
    "áâãàçéêíóôõúü",
    "åäöéæøüá",
    "áðéíóúýþæöø",
    "àèéìíîòóùú",
    "çğıöşüâîûəi\u{307}",
    "ąćęłńóśźż",
    "áčďéěíňóřšťúůýžäľĺôŕöüë",
    "áéíóöőúüű",
    "ăâîșțşţ",
    "čćđšž",
    "ąčęėįšųūž",
    "āčēģīķļņšūž",
    "äöõüšž",
    "ëïéèöüáóê",
    "ëç",
    "āēīōū",
    "âêîôûŵŷ",
    "àáâãèéêìíòóôõùúýăđĩũơư",
    "äçňöşüýž",
    "ẹọṣàáèéìíòóùúńǹ",
];

/// The letters of each Cyrillic alphabet, in lower case: Russian with the languages that add letters to it, Ukrainian,
/// Belarusian, Serbian with Macedonian.
const CYRILLIC_ALPHABETS: [&str; 4] = [
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһіҙҫҡҗӯӣҳҷўӈӊӄӑӗӱӳӧӝӟӥӵӹӓ",
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
    "абвгдђежзијклљмнњопрстћуфхцчџшѓѕќѐѝ",
];

/// Returns how likely it is that one lower-case letter follows another in a Russian name, from -5 to 4; `None` is the
/// beginning or the end of a word. Letters of other Cyrillic alphabets count as the Russian ones that they sound like.
pub(super) fn followed_by(first: Option<char>, second: Option<char>) -> i32 {
    let (Some(row), Some(column)) = (
        first.map_or(Some(0), row),
        second.map_or(Some(COLUMNS - 1), column),
    ) else {
        return -1;
    };
    i32::from(FOLLOWERS[row][column]) - i32::from(b'5')
}

fn row(letter: char) -> Option<usize> {
    column(letter).map(|column| column + 1)
}

fn column(letter: char) -> Option<usize> {
    match sounds_like(letter) {
        russian @ 'а'..='я' => Some(russian as usize - 'а' as usize),
        _ => None,
    }
}

/// Returns the Russian letter nearest to a letter of another Cyrillic alphabet.
const fn sounds_like(letter: char) -> char {
    match letter {
        'а'..='я' => letter,
        'ё' | 'є' | 'ѐ' => 'е',
        'і' | 'ї' | 'ѝ' | 'ӣ' => 'и',
        'ґ' | 'ғ' | 'ѓ' => 'г',
        'ў' | 'ұ' | 'ү' | 'ӯ' => 'у',
        'ә' => 'а',
        'қ' | 'ќ' | 'ҡ' => 'к',
        'ң' | 'њ' | 'ӈ' => 'н',
        'ө' => 'о',
        'һ' | 'ҳ' => 'х',
        'ј' => 'й',
        'љ' => 'л',
        'ћ' | 'џ' | 'ҷ' | 'җ' => 'ч',
        'ђ' => 'д',
        'ѕ' | 'ҙ' => 'з',
        'ҫ' => 'с',
        other => other,
    }
}

/// Whether one Latin alphabet has all letters of a word.
pub(super) fn is_of_a_latin_alphabet(word: &[char]) -> bool {
    let foreign = word
        .iter()
        .filter(|char| !char.is_ascii())
        .flat_map(|char| char.to_lowercase());
    let foreign: Vec<char> = foreign.collect();
    // No German word begins with ß, but a damaged `Яndex` does.
    word.first() != Some(&'ß')
        && LATIN_ALPHABETS
            .iter()
            .any(|alphabet| foreign.iter().all(|letter| alphabet.contains(*letter)))
}

/// Whether one Cyrillic alphabet has all letters of a word.
pub(super) fn is_of_a_cyrillic_alphabet(word: &[char]) -> bool {
    let small: Vec<char> = word.iter().flat_map(|char| char.to_lowercase()).collect();
    let is_plain = |letter: &char| matches!(letter, 'а'..='я' | 'ё');
    small.iter().all(is_plain)
        || CYRILLIC_ALPHABETS
            .iter()
            .any(|alphabet| small.iter().all(|letter| alphabet.contains(*letter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_of_another_alphabet_counts_as_the_russian_one() {
        assert_eq!(
            followed_by(Some('і'), Some('н')),
            followed_by(Some('и'), Some('н'))
        );
        assert!(followed_by(Some('в'), Some('а')) > 3);
        assert!(followed_by(Some('ъ'), Some('ъ')) < 0);
        assert!(followed_by(None, Some('ь')) < -3);
        assert_eq!(followed_by(Some('ѫ'), Some('а')), -1);
    }

    #[test]
    fn an_alphabet_has_a_word_or_has_it_not() {
        let letters = |word: &str| word.chars().collect::<Vec<_>>();
        for word in [
            "Müller",
            "Œuvre",
            "JOÃO",
            "İbrahim",
            "Łukasz",
            "Nguyen",
            "Þórður",
        ] {
            assert!(is_of_a_latin_alphabet(&letters(word)), "{word}");
        }
        for word in ["Çaðlar", "Ïåòð", "ÐŸÑ"] {
            assert!(!is_of_a_latin_alphabet(&letters(word)), "{word}");
        }
        for word in ["Семён", "Їжак", "Ђорђевић", "Қасым", "Ўладзімір"]
        {
            assert!(is_of_a_cyrillic_alphabet(&letters(word)), "{word}");
        }
        for word in ["Ђндрей", "ёТїћ"] {
            assert!(!is_of_a_cyrillic_alphabet(&letters(word)), "{word}");
        }
    }
}
