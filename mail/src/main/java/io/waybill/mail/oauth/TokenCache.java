package io.waybill.mail.oauth;

import io.waybill.mail.AccessToken;
import io.waybill.mail.MailException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one token for many threads. Whoever finds it stale starts one request on a thread of its
 * own, which ends whatever becomes of those who wait: an answer that nobody takes could hold a
 * refresh token that replaces the old one.
 */
final class TokenCache {
  private static final Logger log = LoggerFactory.getLogger(TokenCache.class);

  private final TokenGrant grant;
  private final String server;
  private final String user;
  private final Duration longestWait;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable IssuedToken current;
  private @Nullable CompletableFuture<AccessToken> request;
  private @Nullable TokenFailure failure;
  private Instant heldUntil = Instant.MIN;

  TokenCache(TokenGrant grant, String server, String user, Duration longestWait, Clock clock) {
    this.grant = grant;
    this.server = server;
    this.user = user;
    this.longestWait = longestWait;
    this.clock = clock;
  }

  AccessToken token() {
    CompletableFuture<AccessToken> pending;
    lock.lock();
    try {
      Instant now = clock.instant();
      if (current != null && current.isFresh(now)) {
        return current.token();
      }
      if (failure != null && now.isBefore(heldUntil)) {
        return despite(failure);
      }
      if (request == null) {
        request = start();
      }
      pending = request;
    } finally {
      lock.unlock();
    }
    return await(pending);
  }

  void invalidate(AccessToken refused) {
    lock.lock();
    try {
      if (current != null && current.token().equals(refused)) {
        current = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private AccessToken await(CompletableFuture<AccessToken> pending) {
    try {
      return pending.get(longestWait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MailException.Cancelled(server, "waiting for an access token", e);
    } catch (TimeoutException e) {
      throw MailException.AuthenticationFailed.withoutToken(
          server,
          user,
          "none after " + longestWait.toSeconds() + " s; does its store hang?",
          true,
          e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof TokenFailure why) {
        return despite(why);
      }
      // What a source of secrets throws is its own affair and goes on as it is.
      if (cause instanceof RuntimeException thrown) {
        throw thrown;
      }
      if (cause instanceof Error thrown) {
        throw thrown;
      }
      throw new IllegalStateException(e);
    }
  }

  /** A token that is to be replaced soon still serves while the provider has a bad minute. */
  private AccessToken despite(TokenFailure why) {
    lock.lock();
    try {
      Instant now = clock.instant();
      if (why.isTemporary() && current != null && current.isUsable(now)) {
        return current.token();
      }
      throw MailException.AuthenticationFailed.withoutToken(
          server,
          user,
          why.getMessage()
              + (now.isBefore(heldUntil) ? "; it is not asked again before " + heldUntil : ""),
          why.isTemporary(),
          why);
    } finally {
      lock.unlock();
    }
  }

  private CompletableFuture<AccessToken> start() {
    CompletableFuture<AccessToken> pending = new CompletableFuture<>();
    Thread thread = new Thread(() -> ask(pending), "waybill-mail-token");
    thread.setDaemon(true);
    thread.start();
    return pending;
  }

  private void ask(CompletableFuture<AccessToken> pending) {
    try {
      IssuedToken issued = grant.obtain();
      settle(issued, null);
      log.info("mail.token server={} refresh-at={}", server, issued.refreshAt());
      pending.complete(issued.token());
    } catch (TokenFailure e) {
      settle(null, e);
      pending.completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      settle(null, null);
      pending.completeExceptionally(e);
    }
  }

  private void settle(@Nullable IssuedToken issued, @Nullable TokenFailure why) {
    lock.lock();
    try {
      request = null;
      failure = why;
      heldUntil = why == null ? Instant.MIN : clock.instant().plus(why.hold());
      if (issued != null) {
        current = issued;
      }
    } finally {
      lock.unlock();
    }
  }
}
