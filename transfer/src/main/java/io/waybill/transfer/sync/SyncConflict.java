package io.waybill.transfer.sync;

/**
 * Something that a plan leaves to people.
 *
 * @param path relative to both bases
 * @param other the other name, if it is about two; else the path again
 */
public record SyncConflict(String path, Kind kind, String other) {
  /** What is in the way. */
  public enum Kind {
    /** The source has a file, the target a directory. */
    DIRECTORY_AT_TARGET(true, "is a file at the source and a directory at the target"),
    /** The source has a directory, the target a file. */
    FILE_AT_TARGET(true, "is a directory at the source and a file at the target"),
    /** The target has a symbolic link or a special file, which is not written through. */
    LINK_AT_TARGET(true, "is a link or special file at the target"),
    /** The source has a symbolic link or a special file, which is not copied. */
    LINK_AT_SOURCE(false, "is a link or special file, which is not copied"),
    /** The source has something whose name is reserved for our unfinished files and is none. */
    RESERVED_AT_SOURCE(
        false,
        "is left out, as names that end in .wbpart or .wbjournal are for unfinished files; rename it"),
    /**
     * Two names of the source differ only in case or in how accents are written: some disks have
     * room for one of them. Both are copied.
     */
    ALIKE_AT_SOURCE(false, "is the same name on some systems as"),
    /**
     * The target has a name that differs from one of the source only so: where both mean one file,
     * deleting it would delete the copy. It stays.
     */
    ALIKE_AT_TARGET(false, "stays, as it is the same name on some systems as");

    private final boolean blocks;
    private final String text;

    Kind(boolean blocks, String text) {
      this.blocks = blocks;
      this.text = text;
    }

    /** Says whether the path, and all below it, is left as it is. */
    public boolean blocks() {
      return blocks;
    }

    /** Returns it as people read it, behind the path. */
    public String text() {
      return text;
    }

    private boolean isOfTwo() {
      return this == ALIKE_AT_SOURCE || this == ALIKE_AT_TARGET;
    }
  }

  /** Returns it as people read it. */
  public String text() {
    return path + " " + kind.text() + (kind.isOfTwo() ? " " + other : "");
  }
}
