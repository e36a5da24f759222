package io.waybill.mail;

/** Whether a copy of what was sent is put into the Sent folder. */
public enum SentCopy {
  /** Unless it is there already: large providers file by themselves what they were given. */
  AUTO,
  /** Always. */
  APPEND,
  /** Never. */
  NEVER
}
