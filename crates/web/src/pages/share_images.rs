//! Cache of share images, and the limit of how many are drawn at the same time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::artwork::{self, RasterError, SHARE_SIZE};
use crate::problem::Problem;

/// Maximum number of cached images, of about 60 kB each.
const MAX_CACHED: usize = 100;
/// Number of images that are drawn at the same time. Each takes one core.
const MAX_DRAWN_AT_ONCE: usize = 2;
/// Number of images that are drawn or wait for it. Further requests are refused, because they would
/// wait until they time out.
const MAX_QUEUED: usize = 30;

/// Images that were drawn recently.
pub(crate) struct ShareImages {
    /// SVG and PNG, the oldest first. The SVG is the key, so that an outdated image is never found.
    drawn: Mutex<VecDeque<(String, Arc<[u8]>)>>,
    places: Semaphore,
    queue: Semaphore,
}

impl Default for ShareImages {
    fn default() -> Self {
        Self {
            drawn: Mutex::default(),
            places: Semaphore::new(MAX_DRAWN_AT_ONCE),
            queue: Semaphore::new(MAX_QUEUED),
        }
    }
}

impl ShareImages {
    /// Returns the PNG of an SVG, from the cache if possible.
    pub(super) async fn load_png(&self, svg: String) -> Result<Arc<[u8]>, Problem> {
        if let Some(png) = self.find_cached(&svg) {
            return Ok(png);
        }
        let _queued = self.queue.try_acquire().map_err(|_| {
            let detail = "too many images are being drawn; retry in a few seconds";
            Problem::service_unavailable("busy", detail)
        })?;
        let _place = self
            .places
            .acquire()
            .await
            .map_err(|error| Problem::internal_error(&error))?;
        // Another request may have drawn it in the meantime.
        if let Some(png) = self.find_cached(&svg) {
            return Ok(png);
        }
        let draw = move || -> Result<(String, Vec<u8>), RasterError> {
            let png = artwork::render_png(&svg, SHARE_SIZE.0, SHARE_SIZE.1)?;
            Ok((svg, png))
        };
        // Drawing would block the other requests of its thread.
        let drawn = tokio::task::spawn_blocking(draw)
            .await
            .map_err(|error| Problem::internal_error(&error))?;
        let (svg, png) = drawn.map_err(|error| Problem::internal_error(&error))?;
        let png: Arc<[u8]> = png.into();
        let mut cached = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.len() == MAX_CACHED {
            cached.pop_front();
        }
        cached.push_back((svg, Arc::clone(&png)));
        Ok(png)
    }

    fn find_cached(&self, svg: &str) -> Option<Arc<[u8]>> {
        let cached = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let found = cached.iter().find(|(key, _)| key == svg);
        found.map(|(_, png)| Arc::clone(png))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_image_is_drawn_once_and_the_cache_is_bounded() {
        let images = ShareImages::default();
        let svg = |number: usize| {
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"1\"/>",
                number + 1
            )
        };
        let first = images.load_png(svg(0)).await.unwrap();
        assert!(Arc::ptr_eq(&first, &images.load_png(svg(0)).await.unwrap()));
        // Filled without drawing, which takes long.
        images
            .drawn
            .lock()
            .unwrap()
            .extend((1..MAX_CACHED).map(|number| (svg(number), Arc::clone(&first))));
        images.load_png(svg(MAX_CACHED)).await.unwrap();
        assert_eq!(images.drawn.lock().unwrap().len(), MAX_CACHED);
        assert!(images.find_cached(&svg(0)).is_none());
    }

    #[tokio::test]
    async fn a_full_queue_refuses_images_that_are_not_cached() {
        let images = ShareImages::default();
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>";
        images.load_png(svg.to_owned()).await.unwrap();
        let _others = images.queue.try_acquire_many(30).unwrap();
        assert!(images.load_png(svg.to_owned()).await.is_ok());
        let problem = images.load_png(svg.replace('1', "2")).await.unwrap_err();
        assert_eq!(problem.status_code().as_u16(), 503);
    }
}
