package io.waybill.jobs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The process's first class. Version and overview are answered here, before the command-line
 * library, the log or anything else is loaded; everything else is {@link Cli}'s.
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    StandardOutput out = StandardOutput.ofProcess();
    if (args.length == 1) {
      switch (args[0]) {
        case "--version", "-V" -> {
          // not joined with "+": that starts the JVM's string factory, which costs more than all
          // the rest
          out.print("waybill ");
          out.print(resource("version.txt"));
          return StandardOutput.end(out, System.err, 0);
        }
        case "--help", "-h", "help" -> {
          out.print(resource("overview.txt"));
          return StandardOutput.end(out, System.err, 0);
        }
        default -> {
          // Cli answers
        }
      }
    }
    if (args.length == 2 && args[0].equals("help")) {
      return new Cli(out, System.err, System.getenv()).run(args[1], "--help");
    }
    return new Cli(out, System.err, System.getenv()).run(args);
  }

  static String resource(String name) {
    try (InputStream in = Main.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program is incomplete: no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
