package io.waybill.transfer.tcp.server;

import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is used below one root, shared by all who see it: counted when it is first needed, then kept
 * along. Safe for use by several threads.
 */
final class RootUsage {
  private final Path root;
  private @Nullable Usage usage;
  private final Set<String> claims = new HashSet<>();
  private int users;
  private boolean isStale;

  RootUsage(Path root) {
    this.root = root;
  }

  /**
   * The usage, to be given back by {@link #leave}; counted now if it was not, which may take long.
   */
  synchronized Usage enter() throws IOException {
    Usage counted = usage;
    if (counted == null) {
      counted = Usage.count(DirectoryHandle.open(root), Long.MAX_VALUE);
      usage = counted;
    }
    users++;
    return counted;
  }

  /** The usage if somebody needed it before; else null, and there is nothing to leave. */
  synchronized @Nullable Usage enterIfCounted() {
    if (usage != null) {
      users++;
    }
    return usage;
  }

  synchronized void leave() {
    users--;
    forgetIfStale();
  }

  /** Takes an unfinished file for one upload, whose size it will count; false if it is taken. */
  synchronized boolean claim(String unfinished) {
    return claims.add(unfinished);
  }

  synchronized void release(String unfinished) {
    claims.remove(unfinished);
  }

  synchronized boolean isCounted() {
    return usage != null;
  }

  /**
   * Has it counted anew at the next need, once those who are at it have left: others change files
   * too.
   */
  synchronized void forget() {
    isStale = true;
    forgetIfStale();
  }

  private void forgetIfStale() {
    if (isStale && users == 0) {
      usage = null;
      isStale = false;
    }
  }

  Path root() {
    return root;
  }
}
