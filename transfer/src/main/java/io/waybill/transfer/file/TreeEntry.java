package io.waybill.transfer.file;

import io.waybill.transfer.SourceIdentity;
import java.io.IOException;
import java.util.OptionalInt;

/** What a {@link TreeWalker} comes to. */
public sealed interface TreeEntry {
  /** Returns the path relative to the walk's root, segments separated by {@code /}. */
  String path();

  /**
   * A directory, before its content.
   *
   * @param mode the permission bits; empty where the platform has none
   */
  record Directory(String path, OptionalInt mode) implements TreeEntry {}

  /**
   * A regular file.
   *
   * @param identity size, modification time and file key
   * @param mode the permission bits; empty where the platform has none
   */
  record RegularFile(String path, SourceIdentity identity, OptionalInt mode) implements TreeEntry {}

  /** Something that is not copied. */
  record Skipped(String path, Reason reason) implements TreeEntry {}

  /**
   * Something whose name nobody could write or read again; a directory is not entered.
   *
   * @param isDirectory whether it is one; false where nobody can tell
   */
  record Refused(String path, boolean isDirectory, UnsafePathException cause)
      implements TreeEntry {}

  /**
   * A directory or file that could not be looked at; a tree with one is not known completely.
   *
   * @param isDirectory whether it is one; false where nobody can tell
   */
  record Unreadable(String path, boolean isDirectory, IOException cause) implements TreeEntry {}

  /** Why something is not copied. */
  enum Reason {
    /** It is a symbolic link. */
    LINK,
    /** It is a device, a socket or a named pipe. */
    SPECIAL
  }
}
