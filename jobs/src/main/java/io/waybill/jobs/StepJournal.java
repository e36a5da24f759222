package io.waybill.jobs;

import java.util.Map;
import java.util.Optional;

/**
 * What a step has finished so far, item by item. A later attempt, in this process or after a
 * restart, finds here what an earlier one has done and does not do it again.
 */
public interface StepJournal {

  /** Returns what was written down for an item of this step, in any attempt. */
  Optional<Map<String, Object>> find(String item);

  /** Returns all that was written down for this step, by item, the oldest first. */
  Map<String, Map<String, Object>> items();

  /**
   * Writes an item down as done; committed on return.
   *
   * @param item unique in its step, at most 4,000 characters
   * @param receipt plain values, see {@link StepResult}
   */
  void done(String item, Map<String, Object> receipt);
}
