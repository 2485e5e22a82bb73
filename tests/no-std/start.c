/* The platform of the freestanding program: an entry, an exit, and the five memory functions that rustc expects. */
#include <stddef.h>

extern int quirk_no_std_proof(void);

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    unsigned char *restrict target = to;
    const unsigned char *restrict source = from;
    for (size_t at = 0; at < count; at++)
        __asm__ volatile("movb %1, %%al; movb %%al, %0" : "=m"(target[at]) : "m"(source[at]) : "al");
    return to;
}

void *memmove(void *to, const void *from, size_t count)
{
    unsigned char *target = to;
    const unsigned char *source = from;
    if (target <= source)
        return memcpy(to, from, count);
    while (count-- > 0)
        __asm__ volatile("movb %1, %%al; movb %%al, %0" : "=m"(target[count]) : "m"(source[count]) : "al");
    return to;
}

void *memset(void *to, int value, size_t count)
{
    unsigned char *target = to;
    for (size_t at = 0; at < count; at++)
        __asm__ volatile("movb %1, %0" : "=m"(target[at]) : "r"((unsigned char)value));
    return to;
}

int memcmp(const void *left, const void *right, size_t count)
{
    const volatile unsigned char *a = left, *b = right;
    for (size_t at = 0; at < count; at++)
        if (a[at] != b[at])
            return a[at] < b[at] ? -1 : 1;
    return 0;
}

int bcmp(const void *left, const void *right, size_t count)
{
    return memcmp(left, right, count);
}

__attribute__((force_align_arg_pointer)) void _start(void)
{
    int status = quirk_no_std_proof();
    __asm__ volatile("syscall" : : "a"(60L), "D"((long)status) : "rcx", "r11", "memory");
    __builtin_unreachable();
}
