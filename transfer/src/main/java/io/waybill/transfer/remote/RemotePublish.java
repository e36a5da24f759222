package io.waybill.transfer.remote;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.FreeName;
import io.waybill.transfer.file.PartName;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Renames an uploaded part file to its final name. It may be run again after the session was lost
 * at any point: it looks what is there, and goes on from that.
 */
final class RemotePublish {
  private static final int FREE_NAMES_TRIED = 1000;

  private final RemoteEndpoint endpoint;
  private final String part;
  private final String remote;
  private final String aside;
  private final long size;
  private final TargetPolicy policy;
  private final RemoteUpload.@Nullable Known known;
  private String target;
  private boolean asked;
  private boolean maybeAside;

  /**
   * Prepares.
   *
   * @param known null if nothing is known of what is there
   */
  RemotePublish(
      RemoteEndpoint endpoint,
      String part,
      String remote,
      long size,
      TargetPolicy policy,
      RemoteUpload.@Nullable Known known) {
    this.endpoint = endpoint;
    this.known = known;
    this.part = part;
    this.remote = remote;
    this.target = remote;
    String asideName = PartName.aside(RemotePath.name(remote)).part(endpoint.terms().partPattern());
    this.aside = RemotePath.sibling(remote, asideName);
    this.maybeAside = known != null && known.names().contains(asideName);
    this.size = size;
    this.policy = policy;
  }

  /** Another process was at this before, and may have left the old target aside. */
  void afterEarlierTry() {
    maybeAside = true;
  }

  static TransferException exists(String shown) {
    return new TransferException.Refused(
        0, false, shown + " exists already and the target policy is FAIL", null);
  }

  /** Publishes, and returns the name it got. */
  String run(RemoteSession session) throws IOException {
    maybeAside |= asked;
    if (asked && session.stat(part).isEmpty()) {
      requireDone(session);
    } else {
      rename(session);
    }
    // of this one, or left by a try that was cut off between two renames
    if (maybeAside && session.stat(aside).isPresent()) {
      session.delete(aside);
    }
    return target;
  }

  private String shown() {
    return endpoint.shown(target);
  }

  /** Returns the name that a file gets which is not renamed. */
  String finalName(RemoteSession session) throws IOException {
    look(session);
    return target;
  }

  private Optional<FileEntry> look(RemoteSession session) throws IOException {
    if (policy == TargetPolicy.RENAME) {
      target = freeName(session);
    }
    Optional<FileEntry> there =
        known == null || asked || policy == TargetPolicy.RENAME
            ? session.stat(target).map(RemoteFile::entry)
            : known.target();
    if (policy == TargetPolicy.FAIL && there.isPresent()) {
      throw exists(shown());
    }
    if (there.filter(FileEntry::isDirectory).isPresent()) {
      throw new TransferException.Refused(0, false, shown() + " is a directory", null);
    }
    return there;
  }

  private void rename(RemoteSession session) throws IOException {
    Optional<FileEntry> there = look(session);
    asked = true;
    try {
      session.rename(part, target);
    } catch (RefusedByPeerException e) {
      if (there.isEmpty()) {
        throw e;
      }
      replace(session, e);
    }
  }

  private String freeName(RemoteSession session) throws IOException {
    String name = RemotePath.name(remote);
    for (int number = 1; number <= FREE_NAMES_TRIED; number++) {
      String candidate = RemotePath.sibling(remote, FreeName.numbered(name, number));
      if (session.stat(candidate).isEmpty()) {
        return candidate;
      }
    }
    throw new TransferException.Refused(
        0, false, "%s and %d names after it are taken".formatted(shown(), FREE_NAMES_TRIED), null);
  }

  private void requireDone(RemoteSession session) throws IOException {
    if (session
        .stat(target)
        .filter(each -> each.entry().isFile() && each.entry().sizeBytes() == size)
        .isEmpty()) {
      throw new TransferException.Ambiguous(
          target,
          "The connection was lost while %s was renamed to %s, and neither is there now"
              .formatted(part, target),
          null);
    }
  }

  // some servers do not rename over a file: the old one steps aside, and back if need be
  private void replace(RemoteSession session, RefusedByPeerException refusal) throws IOException {
    maybeAside = true;
    if (session.stat(aside).isPresent()) {
      session.delete(aside);
    }
    session.rename(target, aside);
    try {
      session.rename(part, target);
    } catch (RefusedByPeerException second) {
      second.addSuppressed(refusal);
      try {
        session.rename(aside, target);
      } catch (RefusedByPeerException third) {
        second.addSuppressed(third);
      }
      throw second;
    }
  }
}
