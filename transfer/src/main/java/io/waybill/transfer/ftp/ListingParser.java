package io.waybill.transfer.ftp;

import io.waybill.transfer.FileEntry;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.net.ftp.FTPFile;
import org.apache.commons.net.ftp.FTPFileEntryParser;

/**
 * Reads lines of MLSD (RFC 3659 7) and LIST. A line that cannot be read is an error, never a file
 * that silently is not there; a name that is not one segment is an attack.
 */
final class ListingParser {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss", Locale.ROOT);
  private static final int TIME_DIGITS = 14;
  private static final int PERMISSIONS = 0777;
  private static final int MODE_CHARS = 10;
  private static final Pattern OCTAL = Pattern.compile("[0-7]{3,7}");
  private static final Pattern TOTAL = Pattern.compile("total [0-9]+.*");
  private static final Pattern OBJECT =
      Pattern.compile("\\S+ +[0-9]+ +\\S+ +\\S+ +\\*([A-Z]+) +(\\S+)");
  // what SELinux and macOS mark, the library does not know
  private static final Pattern MARKED =
      Pattern.compile("[a-zA-Z-][-rwxsStTlL]{9}[.@] .*", Pattern.DOTALL);
  private static final Pattern DEVICE = Pattern.compile("[bc][-rwxsStTlL]{9}.*", Pattern.DOTALL);
  private static final Pattern EASILY_PARSED =
      Pattern.compile("\\+((?:[a-z][^,\t]*,|/,|[^,\t]+,)*)\t(.+)", Pattern.DOTALL);

  private ListingParser() {}

  /** Reads one line of MLSD; empty for the directory itself and its parent. */
  static Optional<FileEntry> machineLine(String line) throws FtpProtocolException {
    int blank = line.indexOf(' ');
    if (blank < 0) {
      throw unreadable(line);
    }
    String name = line.substring(blank + 1);
    Facts facts = Facts.read(line.substring(0, blank));
    if (facts.isSelf() || isSelf(name)) {
      return Optional.empty();
    }
    return Optional.of(checked(entry(facts, name, line)));
  }

  /** Reads the facts of an MLST reply about a path that was asked for. */
  static FileEntry machineFacts(String line, String path) throws FtpProtocolException {
    String stripped = line.strip();
    int blank = stripped.indexOf(' ');
    return entry(Facts.read(blank < 0 ? stripped : stripped.substring(0, blank)), path, line);
  }

  /** The facts that matter, as they are told; empty text for those that are not. */
  private record Facts(String type, String size, String modify, String mode) {
    /** Reads {@code name=value;name=value;} in one pass: there may be a million of them. */
    static Facts read(String facts) {
      String type = "";
      String size = "";
      String modify = "";
      String mode = "";
      int from = 0;
      while (from < facts.length()) {
        int end = facts.indexOf(';', from);
        end = end < 0 ? facts.length() : end;
        int equals = facts.indexOf('=', from);
        if (equals > from && equals < end) {
          String value = facts.substring(equals + 1, end);
          switch (facts.substring(from, equals).toLowerCase(Locale.ROOT)) {
            case "type" -> type = value.toLowerCase(Locale.ROOT);
            case "size" -> size = value;
            case "modify" -> modify = value;
            case "unix.mode" -> mode = value;
            default -> {}
          }
        }
        from = end + 1;
      }
      return new Facts(type, size, modify, mode);
    }

    boolean isSelf() {
      return type.equals("cdir") || type.equals("pdir");
    }
  }

  private static FileEntry entry(Facts facts, String name, String line)
      throws FtpProtocolException {
    FileEntry.Kind kind =
        switch (facts.type()) {
          case "file" -> FileEntry.Kind.FILE;
          case "dir", "cdir", "pdir" -> FileEntry.Kind.DIRECTORY;
          case "" -> throw unreadable(line);
          default ->
              facts.type().startsWith("os.unix=slink") || facts.type().startsWith("os.unix=symlink")
                  ? FileEntry.Kind.LINK
                  : FileEntry.Kind.OTHER;
        };
    long bytes =
        kind == FileEntry.Kind.FILE && !facts.size().isEmpty()
            ? size(facts.size())
            : FileEntry.UNKNOWN_SIZE;
    Optional<Instant> modified =
        facts.modify().isEmpty() ? Optional.empty() : Optional.of(time(facts.modify()));
    return new FileEntry(name, kind, bytes, modified, mode(facts.mode()));
  }

  // "0644", "644" or, with the file type in it, "100644"; what is no mode is none
  private static OptionalInt mode(String octal) {
    return !octal.isEmpty() && OCTAL.matcher(octal).matches()
        ? OptionalInt.of(Integer.parseInt(octal, 8) & PERMISSIONS)
        : OptionalInt.empty();
  }

  /** Reads a size: digits only, at most 2^63 - 1. */
  static long size(String digits) throws FtpProtocolException {
    try {
      if (!digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return Long.parseLong(digits);
      }
    } catch (NumberFormatException e) {
      // too many digits: said below
      return reject(digits);
    }
    return reject(digits);
  }

  private static long reject(String digits) throws FtpProtocolException {
    throw new FtpProtocolException("Not a file size: '" + shown(digits) + "'");
  }

  /** Reads a time of RFC 3659 2.3: {@code YYYYMMDDHHMMSS[.fraction]}, UTC. */
  static Instant time(String text) throws FtpProtocolException {
    try {
      Instant seconds =
          LocalDateTime.parse(text.substring(0, TIME_DIGITS), TIME).toInstant(ZoneOffset.UTC);
      String fraction = text.substring(TIME_DIGITS);
      if (fraction.isEmpty()) {
        return seconds;
      }
      if (fraction.matches("\\.[0-9]{1,9}")) {
        return seconds.plusNanos(
            Long.parseLong((fraction.substring(1) + "00000000").substring(0, 9)));
      }
    } catch (DateTimeException | IndexOutOfBoundsException e) {
      throw noTime(text);
    }
    throw noTime(text);
  }

  private static FtpProtocolException noTime(String text) {
    return new FtpProtocolException("Not a time: '" + shown(text) + "'");
  }

  /** Writes a time for MFMT. */
  static String format(Instant time) {
    return TIME.format(time.atOffset(ZoneOffset.UTC));
  }

  /** Reads one line of LIST; empty for the total, the directory itself and its parent. */
  static Optional<FileEntry> listLine(String line, FTPFileEntryParser parser)
      throws FtpProtocolException {
    if (line.isBlank() || TOTAL.matcher(line).matches()) {
      return Optional.empty();
    }
    if (MARKED.matcher(line).matches()) {
      return listLine(line.substring(0, MODE_CHARS) + line.substring(MODE_CHARS + 1), parser);
    }
    Matcher easy = EASILY_PARSED.matcher(line);
    if (easy.matches()) {
      return Optional.of(checked(easilyParsed(easy.group(1), easy.group(2))));
    }
    FTPFile file = parsed(line, parser);
    if (isSelf(file.getName())) {
      return Optional.empty();
    }
    FileEntry.Kind kind = DEVICE.matcher(line).matches() ? FileEntry.Kind.OTHER : kind(file);
    long bytes = kind == FileEntry.Kind.FILE ? file.getSize() : FileEntry.UNKNOWN_SIZE;
    // no time: that of a LIST line has neither a zone nor, often, a year or seconds
    return Optional.of(checked(new FileEntry(file.getName(), kind, bytes, Optional.empty())));
  }

  /**
   * Reads EPLF (cr.yp.to/ftp/list/eplf.html): facts, each with a comma behind it, a tab, a name.
   */
  private static FileEntry easilyParsed(String facts, String name) throws FtpProtocolException {
    FileEntry.Kind kind = FileEntry.Kind.OTHER;
    long bytes = FileEntry.UNKNOWN_SIZE;
    Optional<Instant> modified = Optional.empty();
    for (String fact : facts.split(",", -1)) {
      if (fact.equals("/")) {
        kind = FileEntry.Kind.DIRECTORY;
      } else if (fact.equals("r") && kind == FileEntry.Kind.OTHER) {
        kind = FileEntry.Kind.FILE;
      } else if (fact.startsWith("s")) {
        bytes = size(fact.substring(1));
      } else if (fact.matches("m[0-9]{1,10}")) {
        modified = Optional.of(Instant.ofEpochSecond(Long.parseLong(fact.substring(1))));
      }
    }
    return new FileEntry(
        name, kind, kind == FileEntry.Kind.FILE ? bytes : FileEntry.UNKNOWN_SIZE, modified);
  }

  /** Reads one line of OS/400, which has objects that the library passes over. */
  static Optional<FileEntry> objectLine(String line, FTPFileEntryParser parser)
      throws FtpProtocolException {
    Matcher object = OBJECT.matcher(line);
    if (!object.matches() || object.group(1).matches("STMF|DIR|MEM") || line.endsWith(".SAVF")) {
      return listLine(line, parser);
    }
    boolean isDirectory = object.group(1).matches("LIB|FLR|DDIR");
    String name = object.group(2);
    return Optional.of(
        checked(
            new FileEntry(
                name.endsWith("/") ? name.substring(0, name.length() - 1) : name,
                isDirectory ? FileEntry.Kind.DIRECTORY : FileEntry.Kind.OTHER,
                FileEntry.UNKNOWN_SIZE,
                Optional.empty())));
  }

  /** Reads one entry of VMS, whose sizes are in blocks, the last of which is not full. */
  static Optional<FileEntry> vmsLine(String entry, FTPFileEntryParser parser)
      throws FtpProtocolException {
    FTPFile file = parsed(entry, parser);
    String name = file.isDirectory() ? file.getName().replaceFirst("\\.DIR$", "") : file.getName();
    return Optional.of(
        checked(new FileEntry(name, kind(file), FileEntry.UNKNOWN_SIZE, Optional.empty())));
  }

  private static FileEntry.Kind kind(FTPFile file) {
    if (file.isFile()) {
      return FileEntry.Kind.FILE;
    }
    if (file.isDirectory()) {
      return FileEntry.Kind.DIRECTORY;
    }
    return file.isSymbolicLink() ? FileEntry.Kind.LINK : FileEntry.Kind.OTHER;
  }

  private static FTPFile parsed(String line, FTPFileEntryParser parser)
      throws FtpProtocolException {
    FTPFile file;
    try {
      file = parser.parseFTPEntry(line);
    } catch (RuntimeException e) {
      throw new FtpProtocolException("Cannot read a line of a listing: '" + shown(line) + "'", e);
    }
    if (file == null || file.getName() == null) {
      throw unreadable(line);
    }
    return file;
  }

  private static boolean isSelf(String name) {
    return name.equals(".") || name.equals("..");
  }

  private static FileEntry checked(FileEntry entry) throws FtpProtocolException {
    String name = entry.path();
    if (name.isEmpty() || name.indexOf('/') >= 0 || !ControlClient.isSafe(name)) {
      throw new FtpProtocolException(
          "A listing names '" + shown(name) + "', which is not a name in that directory");
    }
    return entry;
  }

  static FtpProtocolException unreadable(String line) {
    return new FtpProtocolException("Cannot read this line of a listing: '" + shown(line) + "'");
  }

  private static String shown(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= 200 ? clean : clean.substring(0, 200) + "...";
  }
}
