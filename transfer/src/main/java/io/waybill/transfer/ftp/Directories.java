package io.waybill.transfer.ftp;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.net.ftp.FTPReply;
import org.jspecify.annotations.Nullable;

/** Finds out what is a directory by going there and back. */
final class Directories {
  private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"]|\"\")*)\"");

  private final ControlClient client;
  private @Nullable String loginDirectory;

  Directories(ControlClient client) {
    this.client = client;
  }

  /** Says whether the server lets this user go there; a link to a directory is one, too. */
  boolean canEnter(String path) throws IOException {
    String home = loginDirectory();
    if (!FTPReply.isPositiveCompletion(client.sendCommand("CWD", path.isEmpty() ? home : path))) {
      return false;
    }
    client.expectCompletion("CWD", home);
    return true;
  }

  // relative paths start there, so that it must be come back to
  private String loginDirectory() throws IOException {
    String home = loginDirectory;
    if (home == null) {
      Matcher matcher = QUOTED.matcher(client.expectCompletion("PWD", null).get(0));
      if (!matcher.find()) {
        throw new FtpProtocolException("No directory in the reply to PWD");
      }
      home = matcher.group(1).replace("\"\"", "\"");
      loginDirectory = home;
    }
    return home;
  }
}
