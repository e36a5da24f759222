package io.waybill.jobs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a step has finished so far, item by item. A later attempt, in this process or after a
 * restart, finds here what an earlier one has done and does not do it again.
 */
public interface StepJournal {

  /** Returns what was written down for an item of this step, in any attempt. */
  Optional<Map<String, Object>> find(String item);

  /**
   * Writes an item down as done; committed on return.
   *
   * @param item unique in its step, at most 4,000 characters
   * @param receipt plain values, see {@link StepResult}
   */
  void done(String item, Map<String, Object> receipt);

  /** Returns a journal that lives as long as the process, for one-off verbs. */
  static StepJournal inMemory() {
    Map<String, Map<String, Object>> items = new LinkedHashMap<>();
    return new StepJournal() {
      @Override
      public Optional<Map<String, Object>> find(String item) {
        return Optional.ofNullable(items.get(item));
      }

      @Override
      public void done(String item, Map<String, Object> receipt) {
        items.put(item, receipt);
      }
    };
  }
}
