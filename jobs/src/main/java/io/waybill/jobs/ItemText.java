package io.waybill.jobs;

import java.util.Map;

/** A text of the job file that is rendered once for each item of a step. */
@FunctionalInterface
public interface ItemText {
  /**
   * Renders it.
   *
   * @param item what the text can read of the item: a mapping for each of the first names that
   *     {@link ValueType.PerItem} lists
   * @throws JobException.Configuration if an expression in it has no value
   */
  String of(Map<String, Object> item);
}
