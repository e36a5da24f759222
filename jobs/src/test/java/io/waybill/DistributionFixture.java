package io.waybill;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A directory laid out like the distribution; its jars are this test's class path. */
final class DistributionFixture {
  private static final Path SCRIPT = Path.of("src/main/dist/bin/waybill");
  private static final Pattern CLASS_PATH = Pattern.compile(File.pathSeparator, Pattern.LITERAL);

  private DistributionFixture() {}

  /** Lays it out and returns the start script. */
  static Path layOut(Path home) throws IOException {
    Path bin = Files.createDirectories(home.resolve("bin"));
    Files.copy(SCRIPT, bin.resolve("waybill"));
    Files.setPosixFilePermissions(
        bin.resolve("waybill"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Path sandbox = Files.createDirectories(home.resolve("lib/sandbox"));
    jarOf(Path.of("target/classes"), home.resolve("lib/waybill-jobs-0.0.0-TEST.jar"));
    for (String entry : CLASS_PATH.splitAsStream(System.getProperty("java.class.path")).toList()) {
      Path path = Path.of(entry).toAbsolutePath();
      String name = String.valueOf(path.getFileName());
      if (!name.endsWith(".jar") || name.startsWith("waybill-jobs-")) {
        if (Files.isDirectory(path) && !path.startsWith(Path.of("target").toAbsolutePath())) {
          jarOf(
              path,
              home.resolve(
                  "lib/module-"
                      + home.resolve("lib").relativize(path).getNameCount()
                      + "-"
                      + Integer.toHexString(path.hashCode())
                      + ".jar"));
        }
        continue;
      }
      boolean isSandbox = name.matches("(greenmail|ftpserver|mina|ftplet).*");
      Files.createSymbolicLink((isSandbox ? sandbox : home.resolve("lib")).resolve(name), path);
    }
    return bin.resolve("waybill");
  }

  /** Writes what is in a directory into a jar. */
  static void jarOf(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : (Iterable<Path>) files.filter(each -> !each.equals(classes))::iterator) {
        boolean isDirectory = Files.isDirectory(file); // migrations are looked for by theirs
        entries.putNextEntry(new JarEntry(classes.relativize(file) + (isDirectory ? "/" : "")));
        if (!isDirectory) {
          Files.copy(file, entries);
        }
      }
    }
  }
}
