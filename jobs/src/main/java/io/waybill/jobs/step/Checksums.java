package io.waybill.jobs.step;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.sidecar.SidecarFile;
import io.waybill.transfer.sidecar.SidecarName;
import io.waybill.transfer.sync.Side;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Computes digests of files, tells them, and writes sidecars if that is wanted. */
public final class Checksums {
  private final PlaceFiles files;
  private final Digest.Algorithm algorithm;
  private final boolean write;
  private final ChecksumListener listener;
  private long failures;

  /**
   * Prepares.
   *
   * @param write whether sidecars are written, too: beside a file, or one in a directory
   */
  public Checksums(
      PlaceFiles files, Digest.Algorithm algorithm, boolean write, ChecksumListener listener) {
    this.files = files;
    this.algorithm = algorithm;
    this.write = write;
    this.listener = listener;
  }

  /** Does it for one file, or for all files of a directory. */
  public void run(Place place) {
    if (files.look(place).isDirectory()) {
      tree(place);
      return;
    }
    requireTellable(place.path().substring(place.path().lastIndexOf('/') + 1));
    Digest digest = files.digest(place, algorithm);
    listener.digest(place.toString(), digest);
    if (write) {
      listener.note("wrote " + files.writeSidecar(place, digest));
    }
  }

  private void requireTellable(String name) {
    if (write && !SidecarName.isInside(name)) {
      throw new TransferException.Refused(
          0, false, "no sidecar can tell of a file that is called \"%s\"".formatted(name), null);
    }
  }

  private void tree(Place directory) {
    if (!write) {
      new Walk(directory, Writer.nullWriter()).run();
      return;
    }
    Path lines = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      lines = Files.createTempFile("waybill-", ".sidecar");
      try {
        write(directory, lines);
      } finally {
        Files.deleteIfExists(lines);
      }
    } catch (IOException e) {
      throw LocalFailures.translate(lines, e);
    }
  }

  private void write(Place directory, Path lines) throws IOException {
    long failedBefore = failures;
    Walk walk;
    try (Writer out = Files.newBufferedWriter(lines)) {
      walk = new Walk(directory, out);
      walk.run();
    }
    Place sidecar = directory.withPath(join(directory.path(), SidecarName.ofTree(algorithm)));
    if (failures > failedBefore) {
      listener.note("wrote no " + sidecar + ", as it would not tell of all files");
    } else if (walk.count == 0) {
      listener.note("wrote no " + sidecar + ", as there is no file that it could tell of");
    } else {
      files.putSidecar(sidecar, lines);
      listener.note("wrote " + sidecar);
    }
  }

  private void failed(String name, String why) {
    failures++;
    listener.failed(name, why);
  }

  private static String join(String directory, String name) {
    return directory.isEmpty() || directory.endsWith("/")
        ? directory + name
        : directory + "/" + name;
  }

  /** One pass over a directory. */
  private final class Walk implements TreeFiles.Visitor {
    private final Place directory;
    private final Writer lines;
    private final Side side;
    private int count;
    private long bytes;

    Walk(Place directory, Writer lines) {
      this.directory = directory;
      this.lines = lines;
      this.side = files.side(directory, true, true);
    }

    void run() {
      TreeFiles.walk(files, directory, this);
    }

    @Override
    public void file(String name) {
      if (write && name.equals(SidecarName.ofTree(algorithm))) {
        return; // it is written anew
      }
      if (name.chars()
          .anyMatch(each -> Character.isISOControl(each) && "\t\n\r".indexOf(each) < 0)) {
        Checksums.this.failed(
            name, "its name has control characters that no line can tell; rename it");
        return;
      }
      Digest digest;
      try {
        requireTellable(name);
        digest = side.digest(name, Set.of(algorithm)).orElseThrow();
      } catch (TransferException.Refused
          | TransferException.NotFound
          | TransferException.Integrity
          | TransferException.LocalFile e) {
        if (e.isTransient()) {
          throw e;
        }
        Checksums.this.failed(name, String.valueOf(e.getMessage()));
        return;
      }
      listener.digest(name, digest);
      add(SidecarFile.line(digest, name) + "\n");
    }

    // one that is longer would not be read again by those who check
    private void add(String line) {
      if (!write) {
        return;
      }
      count++;
      bytes += line.getBytes(StandardCharsets.UTF_8).length;
      if (count > SidecarFile.MOST_ENTRIES || bytes > SidecarFile.MOST_BYTES) {
        throw new TransferException.Refused(
            0,
            false,
            "%s holds more files than one sidecar can tell of (%d, or %d MiB of lines): write one for each directory in it"
                .formatted(directory, SidecarFile.MOST_ENTRIES, SidecarFile.MOST_BYTES >> 20),
            null);
      }
      try {
        lines.write(line);
      } catch (IOException e) {
        throw LocalFailures.translate(Path.of(System.getProperty("java.io.tmpdir")), e);
      }
    }

    @Override
    public void leftOut(String name, CopyOutcome.Reason why) {
      listener.note("left out, " + why.words() + ": " + name);
    }

    @Override
    public void failed(String name, TransferException why) {
      Checksums.this.failed(name, String.valueOf(why.getMessage()));
    }
  }
}
