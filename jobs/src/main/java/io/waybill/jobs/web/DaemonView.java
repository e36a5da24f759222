package io.waybill.jobs.web;

import java.util.Map;

/** What a daemon can tell of itself, beside what its jobs and runs tell. */
public interface DaemonView {
  /** Returns how it stands, as {@code waybill.status/1}. */
  Map<String, Object> status();

  /**
   * Returns what it was told by its files: an outline of their keys, and the jobs as they stand.
   */
  Map<String, Object> definitions();
}
