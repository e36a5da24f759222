package io.waybill.jobs.daemon;

import io.waybill.jobs.JobException;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code STATE/daemon.json}: where the daemon's control channel is, and the token that opens it.
 * Only its owner can read it, and it is there exactly while a daemon lives; one that a killed
 * daemon left behind is recognised by its process.
 *
 * @param host of the control channel
 * @param port of the control channel
 * @param token 256 random bits, new at each start
 * @param pid of the daemon
 */
public record DaemonFile(String host, int port, String token, long pid) {

  /** Writes the file whole, for the owner's eyes only. */
  public void write(Path file) throws IOException {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("host", host);
    form.put("port", port);
    form.put("token", token);
    form.put("pid", pid);
    Path part = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(part);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } else {
      Files.createFile(part);
    }
    Files.write(part, Json.pretty(form).getBytes(StandardCharsets.UTF_8), StandardOpenOption.WRITE);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Reads the file of a daemon that lives.
   *
   * @return empty if there is no file, or its process is gone
   * @throws JobException.Configuration if it cannot be read
   */
  public static Optional<DaemonFile> ofLiveDaemon(Path file) {
    try {
      Map<String, Object> form = Json.readObject(Files.readString(file));
      DaemonFile daemon =
          new DaemonFile(
              Plain.text(form, "host"),
              Math.toIntExact(Plain.number(form, "port")),
              Plain.text(form, "token"),
              Plain.number(form, "pid"));
      return ProcessHandle.of(daemon.pid()).filter(ProcessHandle::isAlive).map(alive -> daemon);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | ArithmeticException e) {
      throw new JobException.Configuration(
          "cannot read " + file + ": " + e + "; stop the daemon and start it again", e);
    }
  }

  /** Returns host and port as a URI has them: an IPv6 address in brackets. */
  String authority() {
    return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
  }

  @Override
  public String toString() {
    return "DaemonFile[" + host + ":" + port + " pid " + pid + "]";
  }
}
