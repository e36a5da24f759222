package io.waybill.jobs.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Writes files that a transfer can get wrong: some MB that do not compress, a table that does,
 * names with accents, blanks and an emoji, an empty file, a sub-directory, a sparse file of zeros.
 *
 * <p>The same seed gives the same bytes on every machine: {@link Random}'s algorithm is specified.
 */
public final class SampleFiles {
  private static final int MIB = 1 << 20;
  private static final int SPARSE_BYTES = 4 * MIB;

  private final Path root;
  private final Random random;
  private final List<SampleFile> written = new ArrayList<>();

  private SampleFiles(Path root, Random random) {
    this.root = root;
    this.random = random;
  }

  /**
   * Writes the files below {@code root}, which is made if it does not exist, and returns them in
   * the order of their names' code units.
   *
   * @throws IOException if one exists already or cannot be written
   */
  public static List<SampleFile> write(Path root, long seed) throws IOException {
    SampleFiles files = new SampleFiles(root, new Random(seed));
    files.noise("scan 2026-11.tif", 6 * MIB + 1);
    files.noise("rapport d'été.pdf", 2 * MIB); // NFC: one code point for each accented letter
    files.noise("archive/2026/ledger.bin", 3 * MIB + 4_321);
    files.noise("🚚 delivery note.txt", 777);
    files.table("orders.csv", 40_000);
    files.sparse("disk image.raw");
    files.noise("nothing.dat", 0);
    files.written.sort((a, b) -> a.name().compareTo(b.name()));
    return List.copyOf(files.written);
  }

  private void noise(String name, int sizeBytes) throws IOException {
    byte[] buffer = new byte[Math.min(sizeBytes, MIB)];
    write(
        name,
        out -> {
          for (int left = sizeBytes; left > 0; left -= buffer.length) {
            random.nextBytes(buffer);
            out.write(buffer, 0, Math.min(left, buffer.length));
          }
        });
  }

  private void table(String name, int rows) throws IOException {
    write(
        name,
        out -> {
          StringBuilder text = new StringBuilder("order;customer;quantity;price\n");
          for (int row = 1; row <= rows; row++) {
            int cents = random.nextInt(100_000);
            text.append(1_000_000 + row)
                .append(";Žofie & Søn;")
                .append(1 + random.nextInt(99))
                .append(';')
                .append(cents / 100)
                .append(cents % 100 < 10 ? ".0" : ".")
                .append(cents % 100)
                .append('\n');
          }
          out.write(text.toString().getBytes(UTF_8));
        });
  }

  /** Writes the last byte only; the file system keeps the rest as a hole if it can. */
  private void sparse(String name) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE)) {
      channel.position(SPARSE_BYTES - 1).write(ByteBuffer.wrap(new byte[1]));
    }
    MessageDigest digest = sha256();
    digest.update(new byte[SPARSE_BYTES]);
    remember(name, digest);
  }

  private void write(String name, Content content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    MessageDigest digest = sha256();
    try (OutputStream out =
        new DigestOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW), digest)) {
      content.writeTo(out);
    }
    remember(name, digest);
  }

  private void remember(String name, MessageDigest digest) throws IOException {
    String hex = HexFormat.of().formatHex(digest.digest());
    written.add(new SampleFile(name, Files.size(root.resolve(name)), hex));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }
}
