//! The headings of a member: what its lines say about their own columns.

use super::catalogue::Layouts;
use super::columns::{Heading, Order};
use std::sync::Arc;

/// How many orders of one layout are kept: a log whose columns change more often is none.
const MAX_ORDERS: usize = 8;

/// The orders of columns that headings named, by layout, the latest first.
#[derive(Debug, Clone, Default)]
pub struct Headings {
    by_layout: Vec<(usize, Vec<Arc<Order>>)>,
}

impl Headings {
    /// Whether no heading was noted.
    pub fn is_empty(&self) -> bool {
        self.by_layout.is_empty()
    }

    /// The orders of `layout`, the latest first.
    pub fn of(&self, layout: usize) -> &[Arc<Order>] {
        self.by_layout.iter().find(|(known, _)| *known == layout).map_or(&[], |(_, orders)| orders)
    }

    /// Notes a line if it is a heading of one of `candidates`, and says of which; of none if it is a remark around a
    /// heading. Those that ask for the most columns count: what IIS asks for, a heading of HTTP.sys has too.
    pub fn note(
        &mut self,
        layouts: &Layouts,
        candidates: impl Iterator<Item = usize>,
        line: &[u8],
    ) -> Option<Vec<usize>> {
        let mut best: (u32, Vec<usize>) = (0, Vec::new());
        let mut noted = false;
        for layout in candidates {
            let weight = match layouts.get(layout).heading(line) {
                None => continue,
                Some(Heading::Remark) => {
                    noted = true;
                    continue;
                }
                Some(Heading::Columns(order)) => {
                    let weight = order.weight();
                    self.add(layout, order);
                    weight
                }
            };
            noted = true;
            match weight.cmp(&best.0) {
                std::cmp::Ordering::Greater => best = (weight, vec![layout]),
                std::cmp::Ordering::Equal => best.1.push(layout),
                std::cmp::Ordering::Less => {}
            }
        }
        noted.then_some(best.1)
    }

    fn add(&mut self, layout: usize, order: Arc<Order>) {
        let at = match self.by_layout.iter().position(|(known, _)| *known == layout) {
            Some(at) => at,
            None => {
                self.by_layout.push((layout, Vec::new()));
                self.by_layout.len() - 1
            }
        };
        let orders = &mut self.by_layout[at].1;
        orders.retain(|known| *known != order);
        orders.insert(0, order);
        orders.truncate(MAX_ORDERS);
    }
}
