package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.file.PlainDigest;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The digests of what one upload has sent, as far as it went on: they can be taken back to where a
 * target turns out to be. For that their state is kept at every MiB, of the last 128, which is more
 * than an endpoint has on the way; only from further back the source is read again.
 */
final class SentDigests {
  private static final long STEP_BYTES = 1 << 20;
  private static final int MOST_MARKS = 128;

  private final UploadSource source;
  private final Deque<Mark> marks = new ArrayDeque<>();
  private Set<Digest.Algorithm> algorithms = new LinkedHashSet<>();
  private List<PlainDigest> running = List.of();
  private long at;
  private long marked;

  /** The digests of the first bytes. */
  private record Mark(long at, List<PlainDigest> digests) {}

  SentDigests(UploadSource source) {
    this.source = source;
  }

  /** Begins with no bytes. */
  void start(Set<Digest.Algorithm> wanted) {
    algorithms = wanted;
    marks.clear();
    startAt(new Mark(0, wanted.stream().map(PlainDigest::new).toList()));
  }

  private void startAt(Mark mark) {
    running = mark.digests;
    at = mark.at;
    marked = mark.at;
  }

  /**
   * Goes on, or back, to where the target is, in one pass over what must be read for it.
   *
   * @param offset how many bytes the target has
   * @param tailBytes how many of the last of them are to be told; not more than there are
   * @return these
   */
  byte[] resume(Set<Digest.Algorithm> wanted, long offset, int tailBytes) throws IOException {
    while (!marks.isEmpty() && marks.getLast().at > offset) {
      marks.removeLast();
    }
    if (!algorithms.equals(wanted) || marks.isEmpty()) {
      start(wanted);
    } else {
      startAt(copy(marks.getLast()));
    }
    long begin = running.isEmpty() ? offset : at;
    byte[] tail = new byte[tailBytes];
    long tailAt = offset - tailBytes;
    long[] position = {Math.min(begin, tailAt)};
    source.read(
        position[0],
        offset,
        (bytes, length) -> {
          int known = (int) Math.min(length, Math.max(0, begin - position[0]));
          update(bytes, known, length - known);
          int before = (int) Math.min(length, Math.max(0, tailAt - position[0]));
          int into = (int) Math.max(0, position[0] - tailAt);
          System.arraycopy(bytes, before, tail, into, length - before);
          position[0] += length;
          return true;
        });
    at = offset;
    return tail;
  }

  /** Takes what is sent next. */
  void update(byte[] bytes, int offset, int length) {
    running.forEach(each -> each.update(bytes, offset, length));
    at += length;
    if (at - marked >= STEP_BYTES) {
      mark();
    }
  }

  private void mark() {
    marked = at;
    List<PlainDigest> copies =
        running.stream().map(PlainDigest::copy).flatMap(Optional::stream).toList();
    if (copies.size() < running.size()) {
      return; // this Java has one that cannot be copied
    }
    marks.addLast(new Mark(at, copies));
    if (marks.size() > MOST_MARKS) {
      marks.removeFirst();
    }
  }

  // the mark stays, for another time
  private static Mark copy(Mark mark) {
    return new Mark(
        mark.at,
        mark.digests.stream()
            .map(PlainDigest::copy)
            .flatMap(Optional::stream)
            .collect(Collectors.toList()));
  }

  /** Returns the digests of all that was sent; nothing more can be. */
  List<Digest> finish() {
    marks.clear();
    return running.stream().map(PlainDigest::digest).toList();
  }
}
