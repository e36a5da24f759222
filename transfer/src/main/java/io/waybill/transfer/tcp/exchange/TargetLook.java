package io.waybill.transfer.tcp.exchange;

import static java.nio.file.StandardOpenOption.READ;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.FreeName;
import io.waybill.transfer.file.KeptTime;
import io.waybill.transfer.file.PlainDigest;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks whether an offered file is there already, under its name or one it was given before. */
final class TargetLook {
  private static final int MOST_NAMES = 10_000;

  private final Wire wire;
  private final Offer offer;
  private final Target target;
  private final ChunkLayout layout;

  /**
   * A target that is equal, as far as was looked.
   *
   * @param name what it is called
   * @param have its chunks, if it was read
   * @param plain the plain digest that was asked for, if it was read
   */
  record Equal(String name, HaveList have, Optional<Digest> plain) {}

  TargetLook(Wire wire, Offer offer, Target target) {
    this.wire = wire;
    this.offer = offer;
    this.target = target;
    this.layout = offer.layout();
  }

  /**
   * Looks.
   *
   * @throws WireException EXISTS if there is a target and the policy is to fail, WRONG_KIND if
   *     there is something that is no file
   */
  Optional<Equal> run() throws IOException {
    try (DirectoryHandle directory = target.directory().open()) {
      return switch (offer.terms().policy()) {
        case RENAME -> offer.terms().isRepeat() ? renamed(directory) : Optional.empty();
        case APPEND -> {
          attributes(directory);
          yield Optional.empty();
        }
        case SKIP_EQUAL, REPLACE, FAIL -> byItsName(directory);
      };
    }
  }

  private Optional<Equal> byItsName(DirectoryHandle directory) throws IOException {
    Offer.Terms terms = offer.terms();
    Optional<BasicFileAttributes> there = attributes(directory);
    if (there.isEmpty()) {
      return Optional.empty();
    }
    boolean looksEqual = looksEqual(there.get());
    if (terms.policy() == TargetPolicy.FAIL && !(terms.isRepeat() && looksEqual)) {
      throw new WireException(
          ErrorCode.EXISTS,
          offer.path()
              + " exists and the target policy is to fail; choose another name, or the policy skip, replace or rename");
    }
    if (!looksEqual || (terms.policy() == TargetPolicy.REPLACE && !terms.isRepeat())) {
      return Optional.empty();
    }
    boolean mayTrustTime = Verification.SIZE_MTIME.atLeast(terms.atLeast()) && !terms.isRepeat();
    return Optional.of(
        mayTrustTime
            ? new Equal(
                target.name(), list(HaveList.Basis.EQUAL_UNREAD, noLeaves()), Optional.empty())
            : read(directory, target.name()));
  }

  private Optional<BasicFileAttributes> attributes(DirectoryHandle directory) throws IOException {
    Optional<BasicFileAttributes> there = directory.attributes(target.name());
    if (there.isPresent() && !there.get().isRegularFile()) {
      throw new WireException(
          ErrorCode.WRONG_KIND,
          "%s is there and is %s; choose another name"
              .formatted(
                  offer.path(),
                  there.get().isDirectory()
                      ? "a directory"
                      : there.get().isSymbolicLink()
                          ? "a symbolic link, which is not followed"
                          : "no file"));
    }
    return there;
  }

  // the last equal one: that is what a commit whose answer was lost would have made
  private Optional<Equal> renamed(DirectoryHandle directory) throws IOException {
    String found = null;
    for (int number = 1; number <= MOST_NAMES; number++) {
      String name = FreeName.numbered(target.name(), number);
      Optional<BasicFileAttributes> there = directory.attributes(name);
      if (there.isEmpty()) {
        break;
      }
      if (there.get().isRegularFile() && looksEqual(there.get())) {
        found = name;
      }
    }
    return found == null ? Optional.empty() : Optional.of(read(directory, found));
  }

  // to the microsecond: not every way of setting the time keeps the nanoseconds
  private boolean looksEqual(BasicFileAttributes there) {
    Optional<Instant> modified = offer.source().modified();
    return there.size() == layout.sizeBytes()
        && modified.isPresent()
        && KeptTime.of(there.lastModifiedTime().toInstant()).equals(KeptTime.of(modified.get()));
  }

  private Equal read(DirectoryHandle directory, String name) throws IOException {
    ChunkLeaves leaves = noLeaves();
    boolean hasTree = offer.terms().identity() == Integrity.TREE;
    PlainDigest plain = offer.terms().plain().map(PlainDigest::new).orElse(null);
    ByteBuffer buffer = wire.chunks().take(layout.chunkBytes(), wire.idle());
    try (FileChannel file = directory.openFile(name, READ)) {
      file.force(true);
      for (int i = 0; i < layout.chunkCount(); i++) {
        ByteBuffer bytes = buffer.clear().limit(layout.lengthOf(i));
        readFully(file, layout.offsetOf(i), bytes);
        bytes.flip();
        if (hasTree) {
          leaves.set(i, ChunkContent.crc32c(bytes), TreeHash.leaf(bytes));
        } else {
          leaves.set(i, ChunkContent.crc32c(bytes));
        }
        update(plain, bytes);
        wire.keepAlive();
      }
    } finally {
      wire.chunks().give(buffer);
    }
    return new Equal(
        name,
        list(HaveList.Basis.EQUAL_TARGET, leaves),
        plain == null ? Optional.empty() : Optional.of(plain.digest()));
  }

  private static void update(@Nullable PlainDigest plain, ByteBuffer bytes) {
    if (plain != null) {
      plain.update(bytes);
    }
  }

  private void readFully(FileChannel file, long offset, ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      if (file.read(into, offset + into.position()) < 0) {
        throw new EOFException(offer.path() + " became shorter while it was read");
      }
    }
  }

  private HaveList list(HaveList.Basis basis, ChunkLeaves leaves) {
    return new HaveList(basis, offer.terms().identity(), leaves);
  }

  private ChunkLeaves noLeaves() {
    return new ChunkLeaves(layout.chunkCount());
  }
}
