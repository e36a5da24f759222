package io.waybill.scheduler.quartz;

import io.waybill.scheduler.ScheduledJob;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.quartz.JobDetail;

/**
 * Reads what is stored of jobs, and not again while it stays the same: what each firing brings
 * along is text.
 */
final class KnownJobs {
  private final Map<String, Known> jobs = new ConcurrentHashMap<>();

  private record Known(Map<String, String> text, ScheduledJob job) {}

  /**
   * Notes what is stored of a job from now on.
   *
   * @param text as {@link JobText#write} had it
   */
  void put(ScheduledJob job, Map<String, String> text) {
    jobs.put(job.name(), new Known(text, job));
  }

  void remove(String name) {
    jobs.remove(name);
  }

  ScheduledJob read(JobDetail stored) {
    String name = stored.getKey().getName();
    Known known = jobs.get(name);
    // other nodes change jobs, too
    if (known == null || !known.text().equals(stored.getJobDataMap())) {
      Map<String, String> text = JobText.strings(stored.getJobDataMap());
      known = new Known(text, JobText.read(name, text));
      jobs.put(name, known);
    }
    return known.job();
  }
}
