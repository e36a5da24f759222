package io.waybill.transfer.ftp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.Location;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferProgress.Phase;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.PartName;
import io.waybill.transfer.file.PlainDigest;
import io.waybill.transfer.file.ProgressReporter;
import io.waybill.transfer.file.SourceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sends one file: to a part file beside the target, checked, then renamed by {@link FtpPublish}.
 */
final class FtpUpload {
  private static final int OVERLAP_BYTES = 64 << 10;

  private final FtpSession session;
  private final FtpSession.Call call;
  private final Path source;
  private final String remote;
  private final TransferOptions options;
  private final Digest.Algorithm digest;
  private final Reconnects reconnects;
  private final List<PlainDigest> running = new ArrayList<>();
  private int attempts;
  private long bytesResumed;

  FtpUpload(
      FtpSession session,
      FtpSession.Call call,
      Path source,
      String remote,
      TransferOptions options) {
    this.session = session;
    this.call = call;
    this.source = source;
    this.remote = remote;
    this.options = options;
    this.digest = options.digest().orElse(Digest.Algorithm.SHA_256);
    this.reconnects = new Reconnects(session.server());
  }

  TransferReceipt run() {
    FtpServer server = session.server();
    Instant started = server.clock().instant();
    TransferReceipt.Builder receipt =
        TransferReceipt.builder()
            .source(Location.of(source))
            .target(Location.of(Location.Scheme.FTP, server.host(), server.port(), remote))
            .started(started);
    try (SourceFile file = SourceFile.open(source)) {
      receipt.bytes(file.identity().sizeBytes());
      Optional<Verification> equal = resuming(connection -> skips(connection, file));
      if (equal.isPresent()) {
        receipt.verification(equal.get()).skippedBecauseEqual();
      } else {
        send(file, receipt);
        receipt.attempts(attempts).bytesResumed(bytesResumed);
      }
    } catch (IOException e) {
      throw LocalFailures.translate(source, e);
    }
    return receipt
        .reconnects(reconnects.count())
        .duration(Duration.between(started, server.clock().instant()))
        .build();
  }

  private <T> T resuming(FtpSession.Step<T> step) {
    return session.resuming(remote, call, reconnects, step);
  }

  private Optional<Verification> skips(FtpConnection connection, SourceFile file)
      throws IOException {
    Optional<FileEntry> there = connection.stat(remote);
    if (there.isEmpty() || options.targetPolicy() == TargetPolicy.REPLACE) {
      return Optional.empty();
    }
    if (options.targetPolicy() == TargetPolicy.FAIL) {
      throw new TransferException.Refused(
          0, false, remote + " exists already and the target policy is FAIL", null);
    }
    if (!there.get().isFile() || there.get().sizeBytes() != file.identity().sizeBytes()) {
      return Optional.empty();
    }
    if (sameTime(there.get(), file.identity())
        && Verification.SIZE_MTIME.atLeast(options.atLeast())) {
      return Optional.of(Verification.SIZE_MTIME);
    }
    Optional<Digest> hash = connection.hash(remote);
    return hash.isPresent()
            && Verification.DIGEST.atLeast(options.atLeast())
            && hash.get().equals(digest(file, hash.get().algorithm()))
        ? Optional.of(Verification.DIGEST)
        : Optional.empty();
  }

  // FTP has no more than seconds everywhere
  private static boolean sameTime(FileEntry there, SourceIdentity source) {
    return there.modified().isPresent()
        && there
            .modified()
            .map(time -> time.truncatedTo(ChronoUnit.SECONDS))
            .equals(source.modified().map(time -> time.truncatedTo(ChronoUnit.SECONDS)));
  }

  private void send(SourceFile file, TransferReceipt.Builder receipt) {
    long size = file.identity().sizeBytes();
    ProgressReporter progress =
        new ProgressReporter(options.listener(), source.toString(), size, System::nanoTime);
    PartName name =
        PartName.of(RemotePath.name(remote), file.identity(), source.toAbsolutePath().toString());
    String part = RemotePath.sibling(remote, name.part());
    session.actResuming(
        remote, call, reconnects, connection -> store(connection, file, part, progress));
    progress.at(Phase.VERIFYING, size);
    List<Digest> digests = running.stream().map(PlainDigest::digest).toList();
    receipt.verification(resuming(connection -> verify(connection, file, part, digests)));
    receipt.digest(
        digests.stream()
            .filter(each -> each.algorithm() == digest)
            .findFirst()
            .orElseGet(() -> digest(file, digest)));
    progress.at(Phase.PUBLISHING, size);
    FtpPublish publish = new FtpPublish(part, remote, size, options.targetPolicy());
    session.actResuming(remote, call, reconnects, publish::run);
    progress.at(Phase.DONE, size);
  }

  private void store(
      FtpConnection connection, SourceFile file, String part, ProgressReporter progress)
      throws IOException {
    long size = file.identity().sizeBytes();
    Optional<FileEntry> there = connection.stat(part);
    long offset = resumeAt(connection, file, part, there);
    startDigests(connection, file, offset);
    if (offset < size || there.isEmpty()) {
      attempts++;
      bytesResumed = offset;
      long[] at = {offset};
      connection.write(
          part,
          offset,
          size,
          bytes -> {
            int length = (int) Math.min(bytes.length, size - at[0]);
            read(file, at[0], ByteBuffer.wrap(bytes, 0, length));
            running.forEach(each -> each.update(bytes, 0, length));
            at[0] += length;
            progress.at(Phase.TRANSFERRING, at[0]);
            return length;
          });
    } else {
      attempts = Math.max(1, attempts);
      bytesResumed = size;
    }
  }

  private long resumeAt(
      FtpConnection connection, SourceFile file, String part, Optional<FileEntry> there)
      throws IOException {
    long have = there.map(FileEntry::sizeBytes).orElse(0L);
    if (have <= 0) {
      return 0;
    }
    if (have > file.identity().sizeBytes()
        || !connection.features().canRestart()
        || !endsAlike(connection, file, part, have)) {
      connection.delete(part);
      return 0;
    }
    return have;
  }

  private boolean endsAlike(FtpConnection connection, SourceFile file, String part, long have)
      throws IOException {
    ByteBuffer expected = ByteBuffer.allocate((int) Math.min(OVERLAP_BYTES, have));
    read(file, have - expected.capacity(), expected);
    ByteBuffer found = ByteBuffer.allocate(expected.capacity());
    connection.read(
        part,
        have - expected.capacity(),
        expected.capacity(),
        (bytes, length) -> {
          found.put(bytes, 0, Math.min(length, found.remaining()));
          return found.hasRemaining();
        });
    return found.flip().equals(expected.flip());
  }

  private void startDigests(FtpConnection connection, SourceFile file, long offset) {
    running.clear();
    List<Digest.Algorithm> wanted = new ArrayList<>(List.of(Digest.Algorithm.SHA_256));
    if (digest != Digest.Algorithm.SHA_256_TREE) {
      wanted.add(digest);
    }
    connection.features().hash().ifPresent(hash -> wanted.add(hash.algorithm()));
    for (Digest.Algorithm each : wanted.stream().distinct().toList()) {
      try {
        running.add(file.digest(each, offset));
      } catch (IOException e) {
        throw LocalFailures.translate(source, e);
      }
    }
  }

  private Verification verify(
      FtpConnection connection, SourceFile file, String part, List<Digest> digests)
      throws IOException {
    long size = file.identity().sizeBytes();
    requireUnchanged(connection, file, part);
    long stored = connection.stat(part).map(FileEntry::sizeBytes).orElse(0L);
    if (stored != size) {
      throw new TransferException.Integrity(
          remote,
          size + " bytes",
          stored + " bytes",
          "The server said done, but stored %d of %d bytes of %s; nothing was published"
              .formatted(stored, size, remote),
          null);
    }
    Verification reached = Verification.SIZE;
    if (file.identity().modified().isPresent()
        && connection.setModified(part, file.identity().modified().get())
        && connection.stat(part).filter(each -> sameTime(each, file.identity())).isPresent()) {
      reached = Verification.SIZE_MTIME;
    }
    Optional<Digest> hash = connection.hash(part);
    if (hash.isPresent()) {
      requireEqual(connection, part, hash.get(), digests);
      reached = Verification.DIGEST;
    }
    if (!reached.atLeast(options.atLeast())) {
      PlainDigest back = new PlainDigest(Digest.Algorithm.SHA_256);
      connection.read(
          part,
          0,
          size,
          (bytes, length) -> {
            back.update(bytes, 0, length);
            return true;
          });
      requireEqual(connection, part, back.digest(), digests);
      reached = Verification.READ_BACK;
    }
    return reached;
  }

  private void requireEqual(
      FtpConnection connection, String part, Digest there, List<Digest> digests)
      throws IOException {
    if (!digests.contains(there)) {
      connection.delete(part);
      throw new TransferException.Integrity(
          remote,
          digests.toString(),
          there.toString(),
          "The server stored other bytes of " + remote + " than were sent; nothing was published",
          null);
    }
  }

  private void requireUnchanged(FtpConnection connection, SourceFile file, String part)
      throws IOException {
    try {
      file.requireUnchanged();
    } catch (IOException e) {
      connection.delete(part);
      throw LocalFailures.translate(source, e);
    }
  }

  private void read(SourceFile file, long offset, ByteBuffer into) {
    try {
      file.read(offset, into);
    } catch (IOException e) {
      throw LocalFailures.translate(source, e);
    }
  }

  private Digest digest(SourceFile file, Digest.Algorithm algorithm) {
    try {
      return file.digest(algorithm);
    } catch (IOException e) {
      throw LocalFailures.translate(source, e);
    }
  }
}
