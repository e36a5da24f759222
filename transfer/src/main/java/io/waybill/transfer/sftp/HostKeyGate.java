package io.waybill.transfer.sftp;

import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.UserInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks our trust about the key that the SSH library was shown, and keeps the reason of a no. */
final class HostKeyGate implements HostKeyRepository {
  private static final Logger LOG = LoggerFactory.getLogger(HostKeyGate.class);

  private final SftpServer server;
  private final HostKeyTrust trust;
  private final boolean onlyLooks;
  private final com.jcraft.jsch.HostKey[] known;
  private @Nullable HostKey shown;
  private @Nullable SshRefusedException refusal;

  HostKeyGate(SftpServer server) throws SshRefusedException {
    this(server, server.trust(), false);
  }

  /** Makes one that lets nobody in and writes nothing down, but keeps what it would have said. */
  static HostKeyGate onlyLooking(SftpServer server) throws SshRefusedException {
    return new HostKeyGate(server, server.trust().acceptingNone(), true);
  }

  private HostKeyGate(SftpServer server, HostKeyTrust trust, boolean onlyLooks)
      throws SshRefusedException {
    this.server = server;
    this.trust = trust;
    this.onlyLooks = onlyLooks;
    List<com.jcraft.jsch.HostKey> keys = new ArrayList<>();
    for (HostKey each : trust.keys(server)) {
      try {
        keys.add(new com.jcraft.jsch.HostKey(server.host(), each.blob()));
      } catch (JSchException e) {
        LOG.debug("event=known-host-key-unusable key={}", each, e);
      }
    }
    this.known = keys.toArray(com.jcraft.jsch.HostKey[]::new);
  }

  /** Returns the key that was shown, if one was. */
  synchronized @Nullable HostKey shown() {
    return shown;
  }

  /** Returns why the key was refused, if it was. */
  synchronized @Nullable SshRefusedException refusal() {
    return refusal;
  }

  @Override
  public synchronized int check(String host, byte[] key) {
    HostKey seen = new HostKey(key);
    shown = seen;
    try {
      trust.require(server, seen);
      return onlyLooks ? NOT_INCLUDED : OK;
    } catch (SshRefusedException e) {
      refusal = e;
      return NOT_INCLUDED;
    }
  }

  @Override
  public void add(com.jcraft.jsch.HostKey key, UserInfo user) {
    // the trust has written it down
  }

  @Override
  public void remove(String host, String type) {
    // the library does not decide that
  }

  @Override
  public void remove(String host, String type, byte[] key) {
    // the library does not decide that
  }

  @Override
  public String getKnownHostsRepositoryID() {
    return "waybill";
  }

  @Override
  public com.jcraft.jsch.HostKey[] getHostKey() {
    return known.clone();
  }

  // asked without a type to prefer the kinds that are known, and with one for markers, which we
  // know
  @Override
  public com.jcraft.jsch.HostKey[] getHostKey(String host, @Nullable String type) {
    return type == null ? known.clone() : new com.jcraft.jsch.HostKey[0];
  }
}
