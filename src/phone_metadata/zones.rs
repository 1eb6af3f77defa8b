//! The zones in which the owner of a number may live. A number shows the country at most: a mobile
//! number of a country with several zones does not show the zone, and it moves with its owner.

use std::{collections::HashMap, sync::LazyLock};

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{TimeZone, TimeZoneDatabase},
};
use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};

use crate::send_policy::Zone;

/// Zones whose clocks agree all through these years are one zone: 2025 to 2030.
const FROM: Timestamp = Timestamp::constant(1_735_689_600, 0);
const TO: Timestamp = Timestamp::constant(1_925_078_400, 0);

/// Regions that have numbers but are under no zone in the database, and whose clocks they keep.
const WITHOUT: [(Region, &str); 3] = [
    (Region::AC, "Atlantic/St_Helena"),
    (Region::TA, "Atlantic/St_Helena"),
    (Region::XK, "Europe/Belgrade"),
];

/// The zones of a number's country, each kind of clock once. Where the number does not show the
/// country, those of all countries of its calling code; none for a number of no country (`800…`).
///
/// `digits` begin with the calling code, without a plus.
#[must_use]
pub fn zones_of(digits: &str) -> &'static [Zone] {
    let Ok(number) = PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None) else {
        return &[];
    };
    let zones = match number.get_region_code() {
        Some(region) => ZONES.of_region.get(&region),
        None => ZONES.of_code.get(&number.country_code),
    };
    zones.map_or(&[], Vec::as_slice)
}

struct Zones {
    of_region: HashMap<Region, Vec<Zone>>,
    of_code: HashMap<i32, Vec<Zone>>,
}

/// The time-zone database says in which country each of its zones lies.
static ZONES: LazyLock<Zones> = LazyLock::new(|| {
    let database = TimeZoneDatabase::bundled();
    let rules = database
        .available()
        .filter_map(|name| database.get(name.as_str()).ok());
    let placed = rules.filter_map(|rules| Some((region(&rules)?, Zone::of(rules))));
    let without = WITHOUT
        .iter()
        .filter_map(|(region, name)| Some((*region, name.parse().ok()?)));
    let mut of_region: HashMap<Region, Vec<Zone>> = HashMap::new();
    for (region, zone) in placed.chain(without) {
        add(of_region.entry(region).or_default(), &zone);
    }
    let mut of_code: HashMap<i32, Vec<Zone>> = HashMap::new();
    for (region, zones) in &of_region {
        let Some(code) = PHONE_NUMBER_UTIL.get_country_code_for_region(*region) else {
            continue;
        };
        let of_code = of_code.entry(code).or_default();
        for zone in zones {
            add(of_code, zone);
        }
    }
    Zones { of_region, of_code }
});

/// An old name of a zone is not counted beside the new one.
fn region(rules: &TimeZone) -> Option<Region> {
    let location = rules.location().filter(|_| rules.is_primary())?;
    Region::from_code(location.country()).ok()
}

fn add(zones: &mut Vec<Zone>, zone: &Zone) {
    if zones.iter().all(|other| clocks(other) != clocks(zone)) {
        zones.push(zone.clone());
    }
}

/// What the clocks show at the beginning and after each change.
fn clocks(zone: &Zone) -> Vec<(Timestamp, DateTime)> {
    let moments = std::iter::once(FROM).chain(zone.changes(FROM, TO));
    moments.map(|at| (at, zone.local(at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(digits: &str) -> Vec<&str> {
        zones_of(digits).iter().map(Zone::name).collect()
    }

    #[test]
    fn a_number_tells_the_zones_of_its_country() {
        for (digits, expected) in [
            ("4915112345678", "Europe/Berlin"),
            ("380671234567", "Europe/Kyiv"),
            ("380123456789", "Europe/Kyiv"),
            ("375291234567", "Europe/Minsk"),
            ("9779812345678", "Asia/Kathmandu"),
            ("972501234567", "Asia/Jerusalem"),
            ("77011234567", "Asia/Almaty"),
            ("77771234567", "Asia/Almaty"),
            ("447400123456", "Europe/London"),
            ("18765551234", "America/Jamaica"),
            ("38344123456", "Europe/Belgrade"),
        ] {
            assert!(
                names(digits).contains(&expected),
                "{digits}: {:?}",
                names(digits)
            );
        }
        assert_eq!(names("4915112345678").len(), 1);
    }

    #[test]
    fn a_country_of_several_zones_has_each_kind_of_clock_once() {
        let offsets = |digits: &str| {
            let now = "2026-11-24T00:00Z".parse::<Timestamp>().unwrap();
            let utc: DateTime = "2026-11-24T00:00".parse().unwrap();
            let mut hours: Vec<i32> = zones_of(digits)
                .iter()
                .map(|zone| {
                    zone.local(now)
                        .duration_since(utc)
                        .as_hours()
                        .try_into()
                        .unwrap()
                })
                .collect();
            hours.sort_unstable();
            hours
        };
        assert_eq!(offsets("79001234567"), [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        assert_eq!(offsets("74951234567"), offsets("79001234567"));
        // Of the two at -7 one has no summer time.
        assert_eq!(offsets("12125551234"), [-10, -10, -9, -8, -7, -7, -6, -5]);
        assert_eq!(offsets("5511961234567"), [-5, -4, -3, -2]);
    }

    #[test]
    fn a_number_that_does_not_tell_its_country_has_all_zones_of_its_calling_code() {
        let unknown = names("71001234567");
        assert_eq!(
            unknown.len(),
            11,
            "Kazakhstan keeps a clock that Russia keeps too: {unknown:?}"
        );
        assert!(names("12005551234").len() > names("12125551234").len());
    }

    #[test]
    fn a_number_of_no_country_and_no_number_have_no_zones() {
        for digits in ["80012345678", "883510001234567", "", "7", "000", "nonsense"] {
            assert_eq!(names(digits), Vec::<&str>::new(), "{digits}");
        }
    }

    #[test]
    fn every_region_that_has_numbers_has_a_zone() {
        for region in PHONE_NUMBER_UTIL
            .get_supported_regions()
            .filter(|region| *region != Region::World)
        {
            assert!(ZONES.of_region.contains_key(&region), "{region}");
        }
    }
}
