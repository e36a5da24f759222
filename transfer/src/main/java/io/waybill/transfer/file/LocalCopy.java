package io.waybill.transfer.file;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Location;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferProgress.Phase;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/** Copies a file of this machine to another place of it, with all the guarantees of a transfer. */
public final class LocalCopy {
  private static final int BUFFER_BYTES = 256 << 10;

  private final InstantSource clock;

  /** Copies with receipts timed by the given clock. */
  public LocalCopy(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Copies one file; its target's directory must exist. Reaches {@link Verification#SIZE_MTIME};
   * asked for more, it reads the written file back.
   *
   * @throws TransferException.NotFound if the source or the target's directory does not exist
   * @throws TransferException.Integrity if the source changed meanwhile, or the copy differs
   * @throws TransferException.Refused if there is a target and the policy forbids it
   * @throws TransferException.LocalFile if a file cannot be read or written, or the disk is full
   * @throws TransferException.Configuration if both are the same file
   */
  public TransferReceipt copy(Path source, Path target, TransferOptions options) {
    return copy(source, target, options, opened -> {});
  }

  /**
   * Copies one file, if it is one that somebody wants.
   *
   * @param wanted is told which version was opened, and throws if it is not to be copied
   * @throws TransferException as {@link #copy(Path, Path, TransferOptions)} does
   */
  public TransferReceipt copy(
      Path source, Path target, TransferOptions options, Consumer<SourceIdentity> wanted) {
    TransferReceipt.Builder receipt =
        TransferReceipt.builder()
            .source(Location.of(source))
            .target(Location.of(target))
            .started(clock.instant());
    try {
      if (Files.exists(target) && Files.isSameFile(source, target)) {
        throw new TransferException.Configuration(
            "Source and target are the same file: " + source + " and " + target);
      }
    } catch (IOException e) {
      throw LocalFailures.translate(source, e);
    }
    long started = clock.millis();
    try (SourceFile file = open(source)) {
      wanted.accept(file.identity());
      receipt.bytes(file.identity().sizeBytes());
      if (!skip(file, target, options, receipt)) {
        transfer(file, target, options, receipt);
      }
    } catch (IOException e) {
      throw LocalFailures.translate(target, e);
    }
    return receipt.duration(Duration.ofMillis(clock.millis() - started)).build();
  }

  private static SourceFile open(Path source) {
    try {
      return SourceFile.open(source);
    } catch (IOException e) {
      throw LocalFailures.translate(source, e);
    }
  }

  private static boolean skip(
      SourceFile source, Path target, TransferOptions options, TransferReceipt.Builder receipt)
      throws IOException {
    boolean mayMatter =
        options.targetPolicy() == TargetPolicy.FAIL
            || options.targetPolicy() == TargetPolicy.SKIP_EQUAL;
    if (!mayMatter || !Files.exists(target)) {
      return false;
    }
    if (options.targetPolicy() == TargetPolicy.FAIL) {
      throw new FileAlreadyExistsException(target.toString());
    }
    if (!sameSizeAndTime(source.identity(), target) || !isAsExpected(target, options)) {
      return false;
    }
    if (options.atLeast().atLeast(Verification.DIGEST)) {
      Digest there = digest(target, Digest.Algorithm.SHA_256);
      if (!there.equals(digest(source.path(), Digest.Algorithm.SHA_256))) {
        return false;
      }
      source.requireUnchanged();
      receipt.digest(there).verification(Verification.READ_BACK).skippedBecauseEqual();
      return true;
    }
    options.expected().ifPresent(receipt::digest);
    receipt.verification(Verification.SIZE_MTIME).skippedBecauseEqual();
    return true;
  }

  private static boolean isAsExpected(Path target, TransferOptions options) throws IOException {
    Optional<Digest> expected = options.expected();
    return expected.isEmpty() || digest(target, expected.get().algorithm()).equals(expected.get());
  }

  // a time set through a directory handle has microseconds, no more
  private static boolean sameSizeAndTime(SourceIdentity source, Path target) throws IOException {
    BasicFileAttributes there = Files.readAttributes(target, BasicFileAttributes.class);
    return there.isRegularFile()
        && there.size() == source.sizeBytes()
        && source
            .modified()
            .map(KeptTime::of)
            .equals(Optional.of(KeptTime.of(there.lastModifiedTime().toInstant())));
  }

  private static Digest digest(Path path, Digest.Algorithm algorithm) throws IOException {
    try (SourceFile file = SourceFile.open(path)) {
      return file.digest(algorithm);
    }
  }

  private static void transfer(
      SourceFile source, Path target, TransferOptions options, TransferReceipt.Builder receipt)
      throws IOException {
    long size = source.identity().sizeBytes();
    ProgressReporter progress =
        new ProgressReporter(options.listener(), source.path().toString(), size, System::nanoTime);
    String location = source.path().toAbsolutePath().toString();
    try (PartFile part = PartFile.open(target, source.identity(), location)) {
      Digest.Algorithm digest = options.digest().orElse(Digest.Algorithm.SHA_256);
      Set<Digest.Algorithm> algorithms = new LinkedHashSet<>();
      if (digest != Digest.Algorithm.SHA_256_TREE) {
        algorithms.add(digest);
      }
      options.expected().ifPresent(each -> algorithms.add(each.algorithm()));
      PartAppender out = part.appender(algorithms.toArray(Digest.Algorithm[]::new));
      receipt.bytesResumed(out.position());
      byte[] bytes = new byte[BUFFER_BYTES];
      while (out.position() < size) {
        progress.at(Phase.TRANSFERRING, out.position());
        int length = (int) Math.min(bytes.length, size - out.position());
        read(source, out.position(), ByteBuffer.wrap(bytes, 0, length));
        out.write(bytes, 0, length);
      }
      progress.at(Phase.VERIFYING, size);
      List<Digest> digests = algorithms.stream().map(out::digest).toList();
      requireGood(
          part,
          () -> {
            source.requireUnchanged();
            ExpectedDigest.require(options.expected(), source.path().toString(), digests);
          });
      receipt.verification(Verification.SIZE_MTIME);
      if (options.atLeast().compareTo(Verification.SIZE_MTIME) > 0) {
        part.readBack();
        receipt.verification(Verification.READ_BACK);
      }
      receipt.digest(
          digests.stream()
              .filter(each -> each.algorithm() == digest)
              .findFirst()
              .orElseGet(part::root));
      progress.at(Phase.PUBLISHING, size);
      String name =
          part.publish(
              null,
              options.targetPolicy(),
              options.preserveMode() ? source.mode() : OptionalInt.empty());
      receipt.target(Location.of(target.resolveSibling(name)));
      progress.at(Phase.DONE, size);
    }
  }

  private static void read(SourceFile source, long offset, ByteBuffer into) {
    try {
      source.read(offset, into);
    } catch (IOException e) {
      throw LocalFailures.translate(source.path(), e);
    }
  }

  /** What must hold before the copy gets its name. */
  private interface Requirement {
    void check() throws IOException;
  }

  private static void requireGood(PartFile part, Requirement requirement) throws IOException {
    try {
      requirement.check();
    } catch (IntegrityException | TransferException.Integrity e) {
      part.discard();
      throw e;
    }
  }
}
