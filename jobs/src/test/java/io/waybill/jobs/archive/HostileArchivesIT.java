package io.waybill.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that somebody made to do harm, or that came to harm: nothing of them is ever there. */
class HostileArchivesIT {
  private static final ArchiveLimits LIMITS = new ArchiveLimits(12 << 20, 50, 100, 300);

  @TempDir Path directory;
  private Path home;

  @BeforeEach
  void make() throws IOException {
    home = Files.createDirectories(directory.resolve("a/b/home"));
  }

  static List<String> evilNames() {
    return List.of(
        "../evil",
        "..",
        "a/../../evil",
        "a/../evil",
        "/evil",
        "//evil",
        "/",
        "C:/evil",
        "C:evil",
        "C:\\evil",
        "\\evil",
        "a\\..\\evil/x",
        "a//evil",
        "a/./evil",
        "a/",
        "./",
        "a\u0000b",
        "a\nb",
        "a\u001b[31mb",
        "a\u0085b",
        "x".repeat(256),
        "x/".repeat(160) + "x",
        ".evil.0123456789abcdef.wbpart",
        "evil.wbjournal");
  }

  @ParameterizedTest
  @MethodSource("evilNames")
  void aNameThatLeadsElsewhereIsRefusedWithAllTheRest(String name) throws IOException {
    for (Path archive : List.of(zip("good", name), tarGz("good", name), tarZst("good", name))) {
      boolean isCutByTar = name.indexOf('\0') >= 0 && !archive.toString().endsWith(".zip");
      if (name.equals("a/") || name.equals("./") || isCutByTar) { // nothing is wrong with these
        assertThat(unpack(archive)).isNull();
        assertThat(home.resolve("out/good")).hasContent("evil");
        delete(home.resolve("out"));
      } else {
        assertRefused(archive, "name");
      }
    }
  }

  @Test
  void twoNamesThatAreOneSomewhereAreRefused() throws IOException {
    for (String[] names :
        new String[][] {
          {"a.txt", "A.TXT"},
          {"dir/x", "DIR/y"},
          {"caf\u00e9", "cafe\u0301"},
          {"a", "a/b"},
          {"a/b", "a"},
          {"\u00df", "SS"},
        }) {
      assertRefused(zip(names), "it has");
      assertRefused(tarGz(names), "it has");
    }
    assertRefused(tarGz("same", "same"), "\"same\" twice");
    Path twice = zip("same", "sama");
    byte[] bytes = Files.readAllBytes(twice);
    replace(bytes, "sama", "same");
    Files.write(twice, bytes);
    assertRefused(twice, "\"same\" twice");
  }

  @Test
  void linksAndSpecialFilesAreRefusedWhereverTheyLead() throws IOException {
    for (byte type :
        new byte[] {
          TarConstants.LF_SYMLINK,
          TarConstants.LF_LINK,
          TarConstants.LF_CHR,
          TarConstants.LF_BLK,
          TarConstants.LF_FIFO
        }) {
      for (String to : List.of("../../../outside", "/etc/passwd", "good")) {
        Path archive = home.resolve("evil.tar.gz");
        try (TarArchiveOutputStream tar =
            new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(archive)))) {
          put(tar, "good");
          TarArchiveEntry entry = new TarArchiveEntry("way", type);
          entry.setLinkName(to);
          tar.putArchiveEntry(entry);
          tar.closeArchiveEntry();
          put(tar, "way/in");
        }
        assertRefused(archive, "\"way\" in it is a");
      }
    }
    for (int mode : new int[] {0120777, 0010644, 0020644, 0060644, 0140644}) {
      Path archive = home.resolve("evil.zip");
      try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(archive)) {
        put(zip, "good", 0100644);
        put(zip, "way", mode);
      }
      assertRefused(archive, "\"way\" in it is a");
    }
  }

  @ParameterizedTest
  @EnumSource(ArchiveFormat.class)
  void bombsAreRefusedByRatioSizeAndCount(ArchiveFormat format) throws IOException {
    assertRefused(one(format, "zeros", new byte[20 << 20]), "limits.ratio");
    byte[] noise = new byte[13 << 20];
    new Random(1).nextBytes(noise);
    assertRefused(one(format, "noise", noise), "limits.size");
    String[] many = new String[51];
    for (int i = 0; i < many.length; i++) {
      many[i] = "f" + i;
    }
    Path archive =
        format == ArchiveFormat.ZIP
            ? zip(many)
            : format == ArchiveFormat.TAR_GZ ? tarGz(many) : tarZst(many);
    assertRefused(archive, "limits.files");
  }

  @Test
  void aDirectoryOfAZipThatWouldFillTheMemoryIsNotRead() throws IOException {
    String[] many = new String[30_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = "f" + i;
    }
    Path archive = zip(many);
    assertThat(Files.size(archive)).isGreaterThan(3 << 20);
    assertRefused(archive, "limits.files");
  }

  @Test
  void entriesOfAZipThatShareTheirBytesCountEachTime() throws IOException {
    Path archive = one(ArchiveFormat.ZIP, "zeros", new byte[8 << 20]);
    byte[] bytes = Files.readAllBytes(archive);
    int directory = indexOf(bytes, new byte[] {'P', 'K', 1, 2});
    int end = indexOf(bytes, new byte[] {'P', 'K', 5, 6});
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, directory);
    for (int i = 0; i < 10; i++) {
      byte[] entry = Arrays.copyOfRange(bytes, directory, end);
      replace(entry, "zeros", "zero" + i);
      out.write(entry);
    }
    byte[] tail = Arrays.copyOfRange(bytes, end, bytes.length);
    tail[8] = 10;
    tail[10] = 10;
    int size = (end - directory) * 10;
    for (int i = 0; i < 4; i++) {
      tail[12 + i] = (byte) (size >> (8 * i));
    }
    out.write(tail);
    Files.write(archive, out.toByteArray());
    assertRefused(archive, "limits.");
  }

  @Test
  void namesAndHeadersThatWouldFillTheMemoryAreNotRead() throws IOException {
    for (byte type :
        new byte[] {
          TarConstants.LF_GNUTYPE_LONGNAME,
          TarConstants.LF_GNUTYPE_LONGLINK,
          TarConstants.LF_PAX_EXTENDED_HEADER_LC,
          TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER
        }) {
      Path archive = home.resolve("evil.tar.gz");
      try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(archive))) {
        TarArchiveEntry entry = new TarArchiveEntry("././@LongLink", type);
        entry.setSize(1L << 30);
        byte[] header = new byte[512];
        entry.writeEntryHeader(header);
        out.write(header);
        byte[] content = new byte[1 << 16];
        Arrays.fill(content, (byte) 'a');
        for (int i = 0; i < 100; i++) {
          out.write(content);
        }
      }
      Throwable failure = unpack(archive);
      assertThat(failure)
          .isInstanceOfAny(ArchiveRefusedException.class, BrokenArchiveException.class);
      assertNothing(archive);
    }
    Path endless = home.resolve("endless.tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(endless))) {
      out.write(tar("good"));
      for (int i = 0; i < 64; i++) {
        out.write(new byte[1 << 16]);
      }
    }
    assertRefused(endless, "headers of more than");
  }

  @Test
  void encryptedEntriesAndOtherMethodsAreNamed() throws IOException {
    Path archive = zip("secret");
    byte[] bytes = Files.readAllBytes(archive);
    bytes[indexOf(bytes, new byte[] {'P', 'K', 1, 2}) + 8] = 1;
    Files.write(archive, bytes);
    assertRefused(archive, "\"secret\" in it is encrypted");
    bytes = Files.readAllBytes(zip("other"));
    bytes[indexOf(bytes, new byte[] {'P', 'K', 1, 2}) + 10] = 12;
    Files.write(archive, bytes);
    assertRefused(archive, "compressed by method 12");
  }

  @ParameterizedTest
  @EnumSource(ArchiveFormat.class)
  void whatIsCutOffAnywhereIsBroken(ArchiveFormat format) throws IOException {
    byte[] noise = new byte[5_000];
    new Random(7).nextBytes(noise);
    Path archive = one(format, "noise", noise);
    byte[] whole = Files.readAllBytes(archive);
    for (int length = 0; length < whole.length; length += 1 + whole.length / 120) {
      Files.write(archive, Arrays.copyOf(whole, length));
      assertThat(unpack(archive)).as("%d of %d", length, whole.length).isNotNull();
      assertNothing(archive);
    }
    Files.write(archive, Arrays.copyOf(whole, whole.length - 1));
    assertThat(unpack(archive)).isInstanceOf(BrokenArchiveException.class);
    Files.writeString(archive, "no archive at all, but a text that is long enough to be one");
    assertThat(unpack(archive)).isInstanceOf(BrokenArchiveException.class);
  }

  @Test
  void aTarWithoutItsEndIsBrokenThoughItsCompressionIsWhole() throws IOException {
    byte[] tar = tar("good");
    Path archive = home.resolve("cut.tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(archive))) {
      out.write(tar, 0, 1024);
    }
    assertThatThrownBy(() -> unpackOrThrow(archive))
        .isInstanceOf(BrokenArchiveException.class)
        .hasMessageContaining("the mark of its end is missing");
    assertNothing(archive);
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("seeds")
  void whateverByteIsChangedTheOutcomeIsWholeOrNothing(ArchiveFormat format, long seed)
      throws IOException {
    Random random = new Random(seed);
    byte[] text = new byte[3_000];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ('a' + random.nextInt(4));
    }
    Path archive = one(format, "text", text);
    byte[] whole = Files.readAllBytes(archive);
    for (int round = 0; round < 60; round++) {
      byte[] changed = whole.clone();
      for (int i = 0; i < 1 + random.nextInt(3); i++) {
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(archive, changed);
      Path target = home.resolve("out");
      Throwable failure = unpack(archive);
      if (failure == null) {
        if (Files.exists(target.resolve("text"))) { // its name may have changed
          assertThat(target.resolve("text")).hasBinaryContent(text);
        }
        delete(target);
      } else {
        assertThat(failure)
            .as("seed %d round %d", seed, round)
            .isInstanceOfAny(ArchiveRefusedException.class, BrokenArchiveException.class);
        assertNothing(archive);
      }
    }
  }

  static List<Object[]> seeds() {
    List<Object[]> seeds = new ArrayList<>();
    for (ArchiveFormat format : ArchiveFormat.values()) {
      for (long seed = 1; seed <= 4; seed++) {
        seeds.add(new Object[] {format, seed});
      }
    }
    return seeds;
  }

  @ParameterizedTest
  @ValueSource(strings = {"inner.zip", "inner.tar.gz"})
  void anArchiveInAnArchiveIsAFile(String name) throws IOException {
    byte[] inner = Files.readAllBytes(zip("../evil"));
    Path archive = one(ArchiveFormat.TAR_GZ, name, inner);
    assertThat(unpack(archive)).isNull();
    assertThat(home.resolve("out/" + name)).hasBinaryContent(inner);
  }

  @Test
  void whatIsThereIsNotTouched() throws IOException {
    Files.createDirectories(home.resolve("out"));
    Files.writeString(home.resolve("out/mine"), "mine");
    assertThat(unpack(zip("good"))).hasMessageContaining("is there already");
    assertThat(home.resolve("out/mine")).hasContent("mine");
    assertThat(home.resolve("out/good")).doesNotExist();
  }

  @Test
  void nothingIsForcedToTheDiskOfAnArchiveThatIsRefused() throws IOException {
    List<String> good = new ArrayList<>();
    unpackTelling(zip("a", "b"), good);
    assertThat(good).hasSize(4).startsWith("a", "b");
    assertThat(good.subList(2, 4)).containsExactlyInAnyOrder("a", "b");
    String[] many = new String[200];
    for (int i = 0; i < many.length; i++) {
      many[i] = "f" + i;
    }
    Path archive = tarGz(many);

    List<String> refused = new ArrayList<>();
    Throwable why = catchThrowable(() -> unpackTelling(archive, refused));

    assertThat(why).hasMessageContaining("limits.files");
    assertThat(refused).isNotEmpty().doesNotHaveDuplicates();
  }

  private void unpackTelling(Path archive, List<String> working) throws IOException {
    ArchiveFormat format = ArchiveFormat.of(archive.getFileName().toString()).orElseThrow();
    new Unpacking(archive, format, LIMITS, new PartClaim("test", 1), working::add)
        .unpack(home.resolve("of-" + archive.getFileName()), files -> {});
  }

  private Throwable unpack(Path archive) {
    return catchThrowable(() -> unpackOrThrow(archive));
  }

  private void unpackOrThrow(Path archive) throws IOException {
    ArchiveFormat format = ArchiveFormat.of(archive.getFileName().toString()).orElseThrow();
    new Unpacking(archive, format, LIMITS, new PartClaim("test", 1), name -> {})
        .unpack(home.resolve("out"), files -> {});
  }

  private void assertRefused(Path archive, String why) throws IOException {
    assertThatThrownBy(() -> unpackOrThrow(archive))
        .as(archive.toString())
        .isInstanceOf(ArchiveRefusedException.class)
        .hasMessageContaining(why)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContainPattern("\\p{Cntrl}"));
    assertNothing(archive);
  }

  private void assertNothing(Path archive) throws IOException {
    try (var left = Files.list(home)) {
      assertThat(left.filter(each -> !each.equals(archive) && !isArchive(each))).isEmpty();
    }
    for (Path above : List.of(directory.resolve("a/b"), directory.resolve("a"), directory)) {
      try (var left = Files.list(above)) {
        assertThat(left).hasSize(1);
      }
    }
  }

  private static boolean isArchive(Path path) {
    return ArchiveFormat.of(path.getFileName().toString()).isPresent();
  }

  private Path one(ArchiveFormat format, String name, byte[] content) throws IOException {
    Path archive = home.resolve("one." + format.label());
    if (format == ArchiveFormat.ZIP) {
      try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
        ZipEntry entry = new ZipEntry(name);
        entry.setSize(content.length);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
      }
      return archive;
    }
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(compressed(format, Files.newOutputStream(archive)))) {
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setSize(content.length);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
    }
    return archive;
  }

  private static OutputStream compressed(ArchiveFormat format, OutputStream out)
      throws IOException {
    return format == ArchiveFormat.TAR_GZ
        ? new GZIPOutputStream(out)
        : ZstdCompressorOutputStream.builder().setOutputStream(out).setChecksum(true).get();
  }

  private Path zip(String... names) throws IOException {
    Path archive = home.resolve("evil.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      for (String each : names) {
        zip.putNextEntry(new ZipEntry(each));
        if (!each.endsWith("/")) {
          zip.write("evil".getBytes(StandardCharsets.UTF_8));
        }
        zip.closeEntry();
      }
    }
    return archive;
  }

  private Path tarGz(String... names) throws IOException {
    return compressedTar(ArchiveFormat.TAR_GZ, names);
  }

  private Path tarZst(String... names) throws IOException {
    return compressedTar(ArchiveFormat.TAR_ZST, names);
  }

  private Path compressedTar(ArchiveFormat format, String... names) throws IOException {
    Path archive = home.resolve("evil." + format.label());
    try (OutputStream out = compressed(format, Files.newOutputStream(archive))) {
      out.write(tar(names));
    }
    return archive;
  }

  private static byte[] tar(String... names) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      for (String each : names) {
        put(tar, each);
      }
    }
    return out.toByteArray();
  }

  private static void put(TarArchiveOutputStream tar, String name) throws IOException {
    boolean isDirectory = name.endsWith("/");
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(isDirectory ? 0 : 4);
    tar.putArchiveEntry(entry);
    if (!isDirectory) {
      tar.write("evil".getBytes(StandardCharsets.UTF_8));
    }
    tar.closeArchiveEntry();
  }

  private static void put(ZipArchiveOutputStream zip, String name, int mode) throws IOException {
    ZipArchiveEntry entry = new ZipArchiveEntry(name);
    entry.setUnixMode(mode);
    zip.putArchiveEntry(entry);
    zip.write("../../outside".getBytes(StandardCharsets.UTF_8));
    zip.closeArchiveEntry();
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    return Collections.indexOfSubList(boxed(bytes), boxed(wanted));
  }

  private static List<Byte> boxed(byte[] bytes) {
    List<Byte> boxed = new ArrayList<>();
    for (byte each : bytes) {
      boxed.add(each);
    }
    return boxed;
  }

  private static void replace(byte[] bytes, String from, String to) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1).replace(from, to);
    System.arraycopy(text.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 0, bytes.length);
  }

  private static void delete(Path directory) throws IOException {
    try (var walk = Files.walk(directory)) {
      for (Path each : walk.sorted(Collections.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
