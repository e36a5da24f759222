package io.waybill.transfer.ftp;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.remote.RemotePath;
import io.waybill.transfer.remote.RemoteSession;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.apache.commons.net.ftp.FTPReply;

/** What a server tells of a path, and lets be changed: kind, size, time, mode. */
final class FileFacts {
  private static final Pattern FACTS = Pattern.compile(" ?[A-Za-z][A-Za-z0-9._-]*=[^;]*;");
  private static final int TOGETHER_CHARS = 8 << 10; // both ways these fit into sockets' buffers

  private final ControlSession session;
  private final ControlClient client;
  private final FtpLister lister;
  private final Directories directories;

  FileFacts(ControlSession session, FtpLister lister, Directories directories) {
    this.session = session;
    this.client = session.client();
    this.lister = lister;
    this.directories = directories;
  }

  /** Looks at one path: by MLST, else by SIZE and MDTM. */
  Optional<FileEntry> stat(String path) throws IOException {
    return session.features().has("MLST") ? byMlst(path) : bySize(path);
  }

  private Optional<FileEntry> bySize(String path) throws IOException {
    List<FtpReply> replies =
        session.together(List.of(new FtpCommand("SIZE", path), new FtpCommand("MDTM", path)));
    FtpReply sized = replies.get(0);
    FtpReply timed = replies.get(1);
    if (sized.code() == FTPReply.FILE_STATUS) {
      Optional<Instant> modified =
          timed.code() == FTPReply.FILE_STATUS
              ? Optional.of(ListingParser.time(timed.argument()))
              : Optional.empty();
      long size = ListingParser.size(sized.argument());
      return Optional.of(new FileEntry(path, FileEntry.Kind.FILE, size, modified));
    }
    if (sized.code()
        == FTPReply.FILE_UNAVAILABLE) { // no file: that is cheaper than to list a directory
      return directories.canEnter(path)
          ? Optional.of(
              new FileEntry(
                  path, FileEntry.Kind.DIRECTORY, FileEntry.UNKNOWN_SIZE, Optional.empty()))
          : Optional.empty();
    }
    return lister.find(path);
  }

  /** Asks only for a size: by SIZE, which is one short line; -1 if there is no such file. */
  long size(String path) throws IOException {
    return size(path, client.alone(new FtpCommand("SIZE", path)));
  }

  private long size(String path, FtpReply reply) throws IOException {
    return reply.code() == FTPReply.FILE_STATUS
        ? ListingParser.size(reply.argument())
        : stat(path).map(FileEntry::sizeBytes).orElse(-1L);
  }

  /**
   * Asks for the times of files that a listing does not tell, many at once. LIST tells them to the
   * minute, and not in which time zone.
   *
   * @param directory that the entries are in
   */
  List<FileEntry> timed(String directory, List<FileEntry> entries) throws IOException {
    Deque<FtpReply> replies = new ArrayDeque<>();
    List<FtpCommand> waiting = new ArrayList<>();
    int bytes = 0;
    for (FileEntry each : entries) {
      if (isUntimed(each) && !session.learnt().tellsNoTimes()) {
        FtpCommand command = new FtpCommand("MDTM", RemotePath.child(directory, each.path()));
        waiting.add(command);
        bytes += command.line().length();
        if (bytes > TOGETHER_CHARS) {
          replies.addAll(times(waiting));
          waiting.clear();
          bytes = 0;
        }
      }
    }
    if (!waiting.isEmpty()) {
      replies.addAll(times(waiting));
    }
    List<FileEntry> timed = new ArrayList<>();
    for (FileEntry each : entries) {
      timed.add(isUntimed(each) && !replies.isEmpty() ? timed(each, replies.remove()) : each);
    }
    return timed;
  }

  private static boolean isUntimed(FileEntry entry) {
    return entry.isFile() && entry.modified().isEmpty();
  }

  private List<FtpReply> times(List<FtpCommand> commands) throws IOException {
    List<FtpReply> replies = session.together(commands);
    int code = replies.get(0).code();
    if (code == FTPReply.UNRECOGNIZED_COMMAND || code == FTPReply.COMMAND_NOT_IMPLEMENTED) {
      session.learnt().tellNoTimes();
    }
    return replies;
  }

  private static FileEntry timed(FileEntry entry, FtpReply reply) throws IOException {
    return reply.code() == FTPReply.FILE_STATUS
        ? new FileEntry(
            entry.path(),
            entry.kind(),
            entry.sizeBytes(),
            Optional.of(ListingParser.time(reply.argument())),
            entry.mode())
        : entry;
  }

  /** Sets time and mode and asks for the size: together, once it is known how. */
  RemoteSession.Settled settle(String path, Optional<Instant> modified, OptionalInt mode)
      throws IOException {
    List<FtpCommand> commands = new ArrayList<>();
    Optional<FtpCommand> modal =
        mode.isPresent() ? modeCommand(path, mode.getAsInt()) : Optional.empty();
    modal.ifPresent(commands::add);
    Optional<FtpCommand> timing = Optional.empty();
    boolean isTimed = false;
    if (modified.isPresent()) {
      List<Learnt.TimeCommand> ways = session.learnt().timeCommands(session.features());
      if (ways.size() == 1) {
        timing = Optional.of(timeCommand(ways.get(0), path, modified.get()));
        commands.add(timing.get());
      } else {
        isTimed = setModified(path, modified.get());
      }
    }
    commands.add(new FtpCommand("SIZE", path));
    List<FtpReply> replies = session.together(commands);
    if (modal.isPresent()) {
      learnMode(replies.get(0));
    }
    if (timing.isPresent()) {
      isTimed = replies.get(replies.size() - 2).isCompletion();
    }
    return new RemoteSession.Settled(isTimed, size(path, replies.get(replies.size() - 1)));
  }

  private Optional<FileEntry> byMlst(String path) throws IOException {
    int code = client.sendCommand("MLST", path);
    if (code == 550 || code == 501) { // Apache FtpServer says 501 where others say 550
      return Optional.empty();
    }
    if (!FTPReply.isPositiveCompletion(code)) {
      throw client.failed("MLST");
    }
    for (String line : client.lines()) {
      // RFC 3659 7.2 wants a blank before the facts; Apache FtpServer leaves it out
      if (FACTS.matcher(line).lookingAt()) {
        return isAbout(line, path)
            ? Optional.of(ListingParser.machineFacts(line, path))
            : bySize(path);
      }
    }
    throw new FtpProtocolException("An MLST reply without facts");
  }

  // Apache FtpServer takes a name with brackets or a star for a pattern and tells of its directory
  private static boolean isAbout(String line, String path) {
    int blank = line.indexOf(' ', 1);
    String told = blank < 0 ? "" : line.substring(blank + 1).replaceFirst("/$", "");
    String asked = RemotePath.name(path);
    return told.isEmpty() || asked.isEmpty() || RemotePath.name(told).equals(asked);
  }

  /** Sets a modification time, to the second; false if no way to do that works. */
  boolean setModified(String path, Instant modified) throws IOException {
    List<Learnt.TimeCommand> ways = session.learnt().timeCommands(session.features());
    for (Learnt.TimeCommand each : ways) {
      if (client.alone(timeCommand(each, path, modified)).isCompletion()) {
        session.learnt().setsTimesBy(each);
        return true;
      }
    }
    if (!ways.isEmpty()) {
      session.learnt().refuseTimes();
    }
    return false;
  }

  private static FtpCommand timeCommand(Learnt.TimeCommand way, String path, Instant modified) {
    String time = ListingParser.format(modified);
    return switch (way) {
      case MFMT -> new FtpCommand("MFMT", time + " " + path);
      case MDTM -> new FtpCommand("MDTM", time + " " + path);
      case SITE_UTIME -> new FtpCommand("SITE", "UTIME " + time + " " + path);
      case SITE_UTIME_OF_THREE ->
          new FtpCommand("SITE", "UTIME %s %s %s %s UTC".formatted(path, time, time, time));
    };
  }

  /** Sets permission bits; false if the server does not. */
  boolean setMode(String path, int mode) throws IOException {
    Optional<FtpCommand> command = modeCommand(path, mode);
    return command.isPresent() && learnMode(client.alone(command.get()));
  }

  // by MFF where FEAT lists that, else by SITE CHMOD until it is unknown
  private Optional<FtpCommand> modeCommand(String path, int mode) {
    if (session.features().setsModes()) {
      return Optional.of(new FtpCommand("MFF", "UNIX.mode=0%03o; %s".formatted(mode, path)));
    }
    return session.learnt().refusesModes()
        ? Optional.empty()
        : Optional.of(new FtpCommand("SITE", "CHMOD %03o %s".formatted(mode, path)));
  }

  private boolean learnMode(FtpReply reply) {
    // the command is unknown; 550 would be about this file
    if (reply.verb().equals("SITE") && reply.code() >= 500 && reply.code() < 510) {
      session.learnt().refuseModes();
    }
    return reply.isCompletion();
  }
}
