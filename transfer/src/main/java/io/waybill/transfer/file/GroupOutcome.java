package io.waybill.transfer.file;

import java.io.IOException;

/** What became of one file of a group. */
public sealed interface GroupOutcome {
  /**
   * It is there, whole and durable.
   *
   * @param path where, relative to the root; another name than asked for only by the policy RENAME
   */
  record Published(String path) implements GroupOutcome {}

  /** The target was equal already; nothing was written. */
  record SkippedEqual(String path) implements GroupOutcome {}

  /**
   * The target is as it was, with one exception: if forcing the directory failed, it may already be
   * the new one, whole, and is just not known to be durable.
   */
  record Failed(String path, IOException cause) implements GroupOutcome {}
}
