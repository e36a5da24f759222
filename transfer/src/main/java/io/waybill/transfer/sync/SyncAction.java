package io.waybill.transfer.sync;

import java.time.Instant;

/** One thing to do at the target. Paths are relative to both bases. */
public sealed interface SyncAction {
  /** Returns the path that is there afterwards, or is not; empty is the base. */
  String path();

  /** Returns the kind as a plan's lines and documents name it, such as {@code set-time}. */
  String label();

  /** Makes a directory, whose parent is there by then. */
  record MakeDirectory(String path) implements SyncAction {
    @Override
    public String label() {
      return "mkdir";
    }
  }

  /**
   * Copies a file.
   *
   * @param bytes its size at the source, 0 if that is not known
   */
  record Copy(String path, long bytes, Why why) implements SyncAction {
    @Override
    public String label() {
      return "copy";
    }
  }

  /**
   * Renames a file at the target, whose content is known to be that of the source's.
   *
   * @param from what it is called now
   * @param path what it is called at the source
   */
  record Rename(String from, String path, long bytes) implements SyncAction {
    @Override
    public String label() {
      return "rename";
    }
  }

  /** Sets the time of a file whose content is equal. */
  record SetTime(String path, Instant modified) implements SyncAction {
    @Override
    public String label() {
      return "set-time";
    }
  }

  /**
   * Deletes a file.
   *
   * @param bytes its size, 0 if that is not known
   */
  record Delete(String path, long bytes) implements SyncAction {
    @Override
    public String label() {
      return "delete";
    }
  }

  /** Removes a directory, which is empty by then. */
  record RemoveDirectory(String path) implements SyncAction {
    @Override
    public String label() {
      return "rmdir";
    }
  }

  /** Why a file is copied. */
  enum Why {
    /** The target has none. */
    MISSING("missing"),
    /** The sizes differ. */
    SIZE("size differs"),
    /** The times differ. */
    TIME("time differs"),
    /** The digests differ. */
    DIGEST("digest differs"),
    /** One side does not tell what is compared. */
    UNKNOWN("not known to be equal");

    private final String text;

    Why(String text) {
      this.text = text;
    }

    /** Returns it as people read it. */
    public String text() {
      return text;
    }
  }
}
