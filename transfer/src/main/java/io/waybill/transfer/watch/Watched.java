package io.waybill.transfer.watch;

import io.waybill.transfer.SourceIdentity;
import java.io.IOException;
import java.util.Optional;

/** A directory that can be listed again and again. */
interface Watched {
  /** What one listing finds. */
  interface Finding {
    void file(String path, SourceIdentity identity);

    /** A directory that was looked into. */
    void directory(String path);

    /**
     * Something that was not looked at.
     *
     * @param isGap whether files may be missing from the listing because of it
     */
    void trouble(WatchTrouble trouble, boolean isGap);

    /** Says whether nobody wants to know any more. */
    boolean isEnough();
  }

  /** Lists all files, in no order. */
  void list(Finding finding) throws IOException;

  /** Returns what the directory itself is known by; it is another one once a disk is mounted. */
  Optional<String> key() throws IOException;

  /** Names it for a message. */
  String name();
}
