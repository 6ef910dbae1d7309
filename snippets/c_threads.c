/* Threads of a C program: no interpreter, no GIL. cc -O2 -pthread c_threads.c -o c_threads */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t times;

static void *work(void *result)
{
    uint64_t x = 88172645463325252u; /* xorshift: each step needs the one before */
    for (uint64_t i = 0; i < times; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    *(uint64_t *)result = x;
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int count = atoi(argv[1]);
    times = strtoull(argv[2], NULL, 10);
    pthread_t *threads = calloc(count, sizeof *threads);
    uint64_t *results = calloc(count, sizeof *results);
    for (int i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, work, &results[i]) != 0)
            return 1;
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
        printf("%llu\n", (unsigned long long)results[i]);
    }
    return 0;
}
