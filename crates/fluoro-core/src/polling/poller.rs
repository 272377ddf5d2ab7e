//! The thread that keeps centralized rules up to date.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fluoro_sampling::{EpochSeconds, RuleCache};
use parking_lot::Mutex;

use super::calls::{fetch_rules, report, restore_statistics, take_statistics};
use super::outage::Outage;
use super::schedule::{Job, Schedule};
use super::signal::{Signal, Wake};
use super::{Connector, LogLevel, PollerHost, SamplingService, ServiceError};
use crate::{clock, fork, random};

const NEVER_STARTED: u64 = 0;

/// Keeps a [`RuleCache`] up to date from one thread, which belongs to the process that started it.
///
/// Dropping the poller stops the thread.
pub struct Poller {
    cache: Arc<RuleCache>,
    connector: Arc<Connector>,
    host: Arc<dyn PollerHost>,
    /// The fork generation whose thread runs; read on every decision, without a lock.
    generation: AtomicU64,
    thread: Mutex<Thread>,
}

#[derive(Default)]
struct Thread {
    signal: Arc<Signal>,
    targets_interval: Option<Duration>,
}

impl Poller {
    /// A poller that has not started.
    pub fn new(
        cache: Arc<RuleCache>,
        connector: Arc<Connector>,
        host: Arc<dyn PollerHost>,
    ) -> Self {
        let generation = AtomicU64::new(NEVER_STARTED);
        Self {
            cache,
            connector,
            host,
            generation,
            thread: Mutex::default(),
        }
    }

    /// The rules it keeps up to date.
    pub fn cache(&self) -> &Arc<RuleCache> {
        &self.cache
    }

    /// The way to the service.
    pub fn connector(&self) -> &Arc<Connector> {
        &self.connector
    }

    /// True when the thread was started in this process and not stopped.
    pub fn is_running(&self) -> bool {
        self.generation.load(Ordering::Acquire) == fork::generation()
    }

    /// Sets how far apart targets are polled (default 10 seconds, from a millisecond to an hour),
    /// from the next start on.
    pub fn set_targets_interval(&self, interval: Duration) {
        let interval = interval.clamp(Duration::from_millis(1), Duration::from_secs(3600));
        self.thread.lock().targets_interval = Some(interval);
    }

    /// How far apart targets are polled.
    pub fn targets_interval(&self) -> Duration {
        self.thread
            .lock()
            .targets_interval
            .unwrap_or(Schedule::DEFAULT_TARGETS_INTERVAL)
    }

    /// Starts the thread unless it runs; in a forked child, starts one of its own. Costs one
    /// atomic load when there is nothing to do.
    pub fn start(&self) {
        if !self.is_running() {
            self.start_thread();
        }
    }

    #[cold]
    fn start_thread(&self) {
        let mut thread = self.thread.lock();
        let generation = fork::generation();
        let previous = self.generation.load(Ordering::Acquire);
        if previous == generation {
            return; // another thread was faster
        }
        if previous != NEVER_STARTED {
            self.cache.reset_after_fork();
        }
        thread.signal = Arc::default();
        let targets_interval = thread
            .targets_interval
            .unwrap_or(Schedule::DEFAULT_TARGETS_INTERVAL);
        let worker = Worker {
            cache: self.cache.clone(),
            connector: self.connector.clone(),
            host: self.host.clone(),
            signal: thread.signal.clone(),
            client_id: self.connector.client_id(),
            started: Instant::now(),
            schedule: Schedule::new(targets_interval, random::next_f64()),
            outage: Outage::default(),
        };
        // Started or not, it is not tried again for each request.
        self.generation.store(generation, Ordering::Release);
        // The handle is dropped at once: joining it in a forked child would be an error.
        let spawned = thread::Builder::new()
            .name("xray-sampling".to_owned())
            .spawn(|| worker.run());
        if let Err(error) = spawned {
            drop(thread);
            let line = format!("No thread for sampling rules ({error}); local rules decide.");
            self.host.log(LogLevel::Warning, &line);
        }
    }

    /// Makes the thread fetch the rules now, if it runs.
    pub fn wake(&self) {
        if self.is_running() {
            self.thread.lock().signal.wake();
        }
    }

    /// Stops the thread and waits for its end; false when `timeout` passed before, in which case it
    /// ends after the call it is in. The next [`start`](Self::start) starts another one.
    pub fn stop(&self, timeout: Duration) -> bool {
        let thread = self.thread.lock();
        if !self.is_running() {
            return true;
        }
        self.generation.store(NEVER_STARTED, Ordering::Release);
        let signal = thread.signal.clone();
        drop(thread);
        signal.stop();
        signal.wait_for_end(timeout)
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        self.stop(Duration::ZERO);
    }
}

/// The thread's own state.
struct Worker {
    cache: Arc<RuleCache>,
    connector: Arc<Connector>,
    host: Arc<dyn PollerHost>,
    signal: Arc<Signal>,
    client_id: Arc<str>,
    started: Instant,
    schedule: Schedule,
    outage: Outage,
}

/// The program ends.
struct HostEnded;

impl Worker {
    fn run(mut self) {
        loop {
            let wait = self
                .schedule
                .next_due()
                .saturating_sub(self.started.elapsed());
            match self.signal.wait(wait) {
                Wake::Stop => break,
                Wake::FetchRules => self.schedule.refetch_rules(self.started.elapsed()),
                Wake::TimedOut => {}
            }
            let polled = match self.schedule.due_job(self.started.elapsed()) {
                Some(Job::Rules) => self.poll_rules(),
                Some(Job::Targets) => self.poll_targets(),
                None => Ok(()),
            };
            if polled.is_err() {
                break;
            }
        }
        self.signal.end();
    }

    fn poll_rules(&mut self) -> Result<(), HostEnded> {
        let service = self.without_fork(|worker| worker.connector.service())?;
        let now = EpochSeconds::containing(clock::now());
        match fetch_rules(&*service) {
            Ok(rules) => {
                if !rules.is_empty() {
                    self.without_fork(|worker| {
                        worker.cache.load_definitions(rules);
                        worker.cache.set_last_updated(Some(now));
                    })?;
                }
                self.succeeded(Job::Rules, &*service);
            }
            Err(error) => self.failed(Job::Rules, &*service, &error),
        }
        Ok(())
    }

    fn poll_targets(&mut self) -> Result<(), HostEnded> {
        let (service, taken) = self.without_fork(|worker| {
            let taken = take_statistics(worker.cache.reportable_rules());
            (worker.connector.service(), taken)
        })?;
        if taken.is_empty() {
            self.schedule
                .nothing_to_report(self.started.elapsed(), random::next_f64());
            return Ok(());
        }
        let now = EpochSeconds::containing(clock::now());
        let report = report(&*service, &self.client_id, now, &taken);
        let last_updated = self.without_fork(|worker| {
            restore_statistics(&report.rejected);
            worker.cache.load_targets(&report.targets);
            worker.cache.last_updated()
        })?;
        match report.failure {
            None => self.succeeded(Job::Targets, &*service),
            Some(error) => self.failed(Job::Targets, &*service, &error),
        }
        if report.last_rule_modification > last_updated {
            self.host
                .log(LogLevel::Info, "The sampling rules changed; fetching them.");
            self.schedule.refetch_rules(self.started.elapsed());
        }
        Ok(())
    }

    /// Reads or changes what request threads share, while the process cannot be forked.
    fn without_fork<T>(&self, change: impl FnOnce(&Self) -> T) -> Result<T, HostEnded> {
        let mut change = Some(change);
        let mut result = None;
        self.host
            .without_fork(&mut || result = change.take().map(|change| change(self)));
        result.ok_or(HostEnded)
    }

    fn succeeded(&mut self, job: Job, service: &dyn SamplingService) {
        self.schedule
            .succeeded(job, self.started.elapsed(), random::next_f64());
        if let Some(failures) = self.outage.succeeded(job) {
            let location = service.location();
            let line =
                format!("Sampling rules: {location} answers again, after {failures} failed calls.");
            self.host.log(LogLevel::Info, &line);
        }
    }

    fn failed(&mut self, job: Job, service: &dyn SamplingService, error: &ServiceError) {
        let delay = self
            .schedule
            .failed(job, self.started.elapsed(), random::next_f64());
        let location = service.location();
        let call = match job {
            Job::Rules => "fetch",
            Job::Targets => "report",
        };
        let line = format!(
            "Sampling rules: {call} from {location} failed: {error}. Trying again in {:.0} s. \
             Rules that are not older than an hour stay in force, then local rules decide.",
            delay.as_secs_f64(),
        );
        let level = if self.outage.failed(job) {
            LogLevel::Warning
        } else {
            LogLevel::Debug
        };
        self.host.log(level, &line);
    }
}
