package io.waybill.jobs.step;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.file.LocalCopy;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.sidecar.SidecarFile;
import io.waybill.transfer.sidecar.SidecarName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/**
 * Writes sidecars to any place, each whole or not at all. One of a single file gets that file's
 * time: by this it is known later to be of that version of the file.
 */
final class SidecarWriter {
  private final Sessions sessions;

  SidecarWriter(Sessions sessions) {
    this.sessions = sessions;
  }

  /** Returns where a file's sidecar goes. */
  static Place of(Place file, Digest.Algorithm algorithm) {
    return file.withPath(SidecarName.ofFile(SidecarFinder.path(file), algorithm));
  }

  /**
   * Writes a file's sidecar beside it.
   *
   * @param modified the file's time
   */
  void write(Place file, Digest digest, Optional<Instant> modified) {
    put(
        of(file, digest.algorithm()),
        modified,
        SidecarFile.line(digest, SidecarFinder.last(SidecarFinder.path(file))) + "\n");
  }

  private void put(Place sidecar, Optional<Instant> modified, String content) {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      temporary = Files.createTempFile("waybill-", ".sidecar");
      try {
        Files.writeString(temporary, content);
        if (modified.isPresent()) {
          Files.setLastModifiedTime(temporary, FileTime.from(modified.get()));
        }
        put(sidecar, temporary);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw LocalFailures.translate(temporary, e);
    }
  }

  /** Puts content that was written to a file of this machine to its place. */
  void put(Place sidecar, Path content) {
    TransferOptions options =
        TransferOptions.builder().targetPolicy(TargetPolicy.REPLACE).preserveMode(false).build();
    if (sidecar instanceof Place.Local local) {
      new LocalCopy(sessions.services().clock()).copy(content, local.toPath(), options);
    } else {
      session(sidecar).upload(content, sidecar.path(), options);
    }
  }

  /**
   * Says whether a file has a sidecar that was written for this version of it.
   *
   * @param modified the file's time
   */
  boolean isThere(Place file, Digest.Algorithm algorithm, Optional<Instant> modified) {
    Place sidecar = of(file, algorithm);
    Optional<FileEntry> there =
        sidecar instanceof Place.Local local
            ? LocalTree.stat(local.toPath())
            : session(sidecar).stat(sidecar.path());
    return modified.isPresent()
        && there
            .filter(FileEntry::isFile)
            .flatMap(FileEntry::modified)
            .map(time -> time.truncatedTo(ChronoUnit.SECONDS))
            .equals(modified.map(time -> time.truncatedTo(ChronoUnit.SECONDS)));
  }

  /**
   * Returns the digest of a file that was not copied just now: the server tells it, or the file is
   * read.
   *
   * @throws TransferException.NotFound if there is no such file
   */
  Digest digest(Place file, Digest.Algorithm algorithm) {
    if (!(file instanceof Place.Local local)) {
      FileTransfer session = session(file);
      return session
          .digest(file.path(), Set.of(algorithm))
          .orElseGet(() -> session.digestByReading(file.path(), algorithm));
    }
    try (SourceFile source = SourceFile.open(local.toPath())) {
      Digest digest = source.digest(algorithm);
      source.requireUnchanged();
      return digest;
    } catch (IOException e) {
      throw LocalFailures.translate(local.toPath(), e);
    }
  }

  private FileTransfer session(Place place) {
    return sessions.to(place).orElseThrow();
  }
}
