/* wanlink: joins two network namespaces by a pair of TUN devices and carries
 * packets between them with a given delay, loss, rate and queue, as a long
 * network path would. Usage:
 *   wanlink NS_A NS_B --delay-ms D --loss P --rate-mbit R --queue-kb Q [--seed S]
 * Both get a device wan0; the wan script gives them addresses.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define SLOT 2048
#define SLOTS (1 << 16)

struct packet { uint64_t due; uint32_t len; };
struct pipe {
  int in, out;
  struct packet *meta; unsigned char *data;
  uint32_t head, tail;            /* ring of packets waiting for their due time */
  uint64_t link_free;             /* when the link has sent what is queued */
  uint64_t carried, lost, dropped;
};

static uint64_t now_ns(void) {
  struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}

static int open_tun(const char *ns, const char *name) {
  char path[256]; snprintf(path, sizeof path, "/var/run/netns/%s", ns);
  int nsfd = open(path, O_RDONLY);
  if (nsfd < 0 || setns(nsfd, CLONE_NEWNET) < 0) { perror(path); exit(2); }
  close(nsfd);
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (fd < 0) { perror("/dev/net/tun"); exit(2); }
  struct ifreq r; memset(&r, 0, sizeof r);
  r.ifr_flags = IFF_TUN | IFF_NO_PI; strncpy(r.ifr_name, name, IFNAMSIZ - 1);
  if (ioctl(fd, TUNSETIFF, &r) < 0) { perror("TUNSETIFF"); exit(2); }
  return fd;
}

static uint64_t rng = 88172645463325252ull;
static double uniform(void) { rng ^= rng << 13; rng ^= rng >> 7; rng ^= rng << 17; return (rng >> 11) / 9007199254740992.0; }

int main(int argc, char **argv) {
  if (argc < 3) { fprintf(stderr, "usage: wanlink NS_A NS_B [--delay-ms D] [--loss P] [--rate-mbit R] [--queue-kb Q] [--seed S]\n"); return 2; }
  double delay = 25, loss = 0, rate = 0, queue = 0;
  for (int i = 3; i + 1 < argc; i += 2) {
    double v = atof(argv[i + 1]);
    if (!strcmp(argv[i], "--delay-ms")) delay = v; else if (!strcmp(argv[i], "--loss")) loss = v;
    else if (!strcmp(argv[i], "--rate-mbit")) rate = v; else if (!strcmp(argv[i], "--queue-kb")) queue = v;
    else if (!strcmp(argv[i], "--seed")) rng ^= (uint64_t)(v * 2654435761.0);
    else { fprintf(stderr, "unknown option %s\n", argv[i]); return 2; }
  }
  int a = open_tun(argv[1], "wan0"), b = open_tun(argv[2], "wan0");
  struct pipe p[2] = {{.in = a, .out = b}, {.in = b, .out = a}};
  for (int i = 0; i < 2; i++) { p[i].meta = calloc(SLOTS, sizeof *p[i].meta); p[i].data = malloc((size_t)SLOTS * SLOT); }
  printf("ready\n"); fflush(stdout);
  uint64_t delay_ns = delay * 1e6;
  for (;;) {
    uint64_t t = now_ns(), next = t + 50000000ull; int progress = 0;
    for (int i = 0; i < 2; i++) {
      struct pipe *q = &p[i];
      for (int n = 0; n < 64; n++) {
        uint32_t slot = q->tail & (SLOTS - 1);
        if (q->tail - q->head >= SLOTS - 1) break;
        ssize_t len = read(q->in, q->data + (size_t)slot * SLOT, SLOT);
        if (len <= 0) break;
        progress = 1;
        if (loss > 0 && uniform() < loss) { q->lost++; continue; }
        uint64_t start = q->link_free > t ? q->link_free : t;
        if (rate > 0) {
          uint64_t cost = len * 8e3 / rate;
          if (queue > 0 && (start - t) * rate / 8e3 > queue * 1024) { q->dropped++; continue; }
          q->link_free = start + cost; start += cost;
        }
        q->meta[slot].due = start + delay_ns; q->meta[slot].len = len; q->tail++;
      }
      while (q->head != q->tail) {
        uint32_t slot = q->head & (SLOTS - 1);
        if (q->meta[slot].due > t) { if (q->meta[slot].due < next) next = q->meta[slot].due; break; }
        if (write(q->out, q->data + (size_t)slot * SLOT, q->meta[slot].len) < 0 && errno == EAGAIN) break;
        q->head++; q->carried++; progress = 1;
      }
    }
    if (progress) continue;
    struct pollfd f[2] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
    uint64_t u = now_ns(); struct timespec w = {0, next > u ? (long)(next - u) : 0};
    ppoll(f, 2, &w, NULL);
  }
}
