//! How the reservoir of a rule is divided.

/// Divides `reservoir` requests a second between clients that would take `demands` of them.
///
/// Nobody gets less than an equal share, unless it would not use it; what one does not use goes to
/// those who would; what nobody would use is divided equally, for bursts. The sum never exceeds
/// the reservoir, and those who come first get what cannot be divided.
pub(super) fn divide(reservoir: u64, demands: &[u64]) -> Vec<u64> {
    let mut by_demand: Vec<usize> = (0..demands.len()).collect();
    by_demand.sort_by_key(|place| demands[*place]);
    let mut quotas = vec![0; demands.len()];
    let mut left = reservoir;
    for (done, &place) in by_demand.iter().enumerate() {
        let sharing = (demands.len() - done) as u64;
        // Rounded up, so that a reservoir smaller than the number of clients is used as well.
        let share = left.div_ceil(sharing);
        quotas[place] = demands[place].min(share);
        left -= quotas[place];
    }
    let sharing = demands.len() as u64;
    for (place, quota) in quotas.iter_mut().enumerate() {
        *quota += left / sharing + u64::from((place as u64) < left % sharing);
    }
    quotas
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::divide;

    #[test]
    fn what_one_does_not_use_goes_to_the_others() {
        assert_eq!(divide(10, &[100, 100]), [5, 5]);
        assert_eq!(divide(10, &[1, 100]), [1, 9]);
        assert_eq!(divide(10, &[100, 1, 100]), [5, 1, 4]);
        assert_eq!(divide(10, &[1, 1]), [5, 5]);
        assert_eq!(divide(1, &[7, 7, 7]).iter().sum::<u64>(), 1);
        assert_eq!(divide(0, &[7]), [0]);
        assert_eq!(divide(7, &[]), [0; 0]);
    }

    proptest! {
        #[test]
        fn all_is_handed_out_and_nobody_is_cheated(
            reservoir in 0_u64..10_000,
            demands in prop::collection::vec(0_u64..1_000, 1..40),
        ) {
            let quotas = divide(reservoir, &demands);
            prop_assert_eq!(quotas.iter().sum::<u64>(), reservoir);
            let equal = reservoir / demands.len() as u64;
            for (quota, demand) in quotas.iter().zip(&demands) {
                prop_assert!(*quota >= equal.min(*demand), "{:?} of {:?}", quotas, demands);
            }
        }
    }
}
