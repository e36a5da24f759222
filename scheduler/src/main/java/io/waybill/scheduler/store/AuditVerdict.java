package io.waybill.scheduler.store;

/** What a look at every row of the audit has found. */
public sealed interface AuditVerdict {

  /**
   * Every row is there, as it was written.
   *
   * @param rows how many
   * @param first number of the oldest; 0 if there is none
   * @param last number of the newest; 0 if there is none
   * @param head hash of the newest, which stands for all before it; noted down elsewhere, it shows
   *     later whether somebody has written the whole chain anew
   */
  record Whole(long rows, long first, long last, String head) implements AuditVerdict {}

  /**
   * Something was changed, removed or put in.
   *
   * @param number of the first row that does not fit
   * @param why for a person
   */
  record Broken(long number, String why) implements AuditVerdict {}
}
