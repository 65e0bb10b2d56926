# The whole operating system of the test guests: one boot sector that does what the second sector of its disk says.
# Boots in a blink, and lets a test steer a running guest by writing one letter into the disk image at offset 512:
#   b  shut down when the power button is pressed (anything else ignores the button, like a hung guest)
#   o  switch off at once
#   r  reboot, once; the third sector counts the boots
#   p  panic (pvpanic)
#   d  dirty half a mebibyte of memory, 18 times a second
#   w  write ever new sectors, without a pause
#   t  let the watchdog (ib700) expire
#   s  suspend to memory (S3)
        .code16
        .globl _start
        .set   command, 0x7e00
        .set   boots, 0x8000
        .set   pm_status, 0x600          # where SeaBIOS puts the PIIX4's power management
_start: cli
        xorw   %ax, %ax
        movw   %ax, %ds
        movw   %ax, %es
        movw   %ax, %ss
        movw   $0x7c00, %sp
        sti
        movb   %dl, drive

        movw   $boots, buffer
        movl   $2, lba
        movb   $0x42, %ah
        call   disk
        incl   boots
        movb   $0x43, %ah
        call   disk

        movw   $(pm_status + 2), %dx     # a press is latched only where it is enabled
        movw   $0x100, %ax
        outw   %ax, %dx

obey:   movw   $command, buffer
        movl   $1, lba
        movb   $0x42, %ah
        call   disk
        movb   command, %al
        cmpb   $'w', %al
        je     write
        hlt                              # until the timer's next tick
        cmpb   $'d', %al
        je     dirty
        cmpb   $'b', %al
        je     button
        cmpb   $'o', %al
        je     off
        cmpb   $'r', %al
        je     reboot
        cmpb   $'p', %al
        je     panic
        cmpb   $'t', %al
        je     watchdog
        cmpb   $'s', %al
        je     suspend
        jmp    obey

button: movw   $pm_status, %dx
        inw    %dx, %ax
        testb  $1, %ah
        jz     obey
off:    movw   $0x2000, %ax              # sleep now, type 0: S5
        jmp    sleep
suspend:
        movw   $0x2400, %ax              # sleep now, type 1: S3
sleep:  movw   $(pm_status + 4), %dx
        outw   %ax, %dx
        jmp    obey

watchdog:
        movw   $0x443, %dx
        movb   $0x0f, %al                # in 0 seconds
        outb   %al, %dx
        jmp    obey

reboot: movb   $0, command
        movb   $0x43, %ah
        call   disk
        movb   $0xfe, %al
        outb   %al, $0x64
        jmp    obey

panic:  movw   $0x505, %dx
        movb   $1, %al
        outb   %al, %dx
        jmp    obey

dirty:  movw   $0x1000, %bx
1:      movw   %bx, %es
        incl   %es:0
        addw   $0x0100, %bx              # the next page
        cmpw   $0x9000, %bx
        jb     1b
        jmp    obey

write:  movl   next, %eax
        incl   next
        movl   %eax, lba
        movb   $0x43, %ah
        call   disk
        jmp    obey

disk:   movw   $packet, %si              # %ah: 0x42 reads, 0x43 writes
        movb   $0, %al
        movb   drive, %dl
        int    $0x13
        ret

        .align 4
packet: .byte  16, 0
        .word  1
buffer: .word  0, 0
lba:    .long  0, 0
next:   .long  64
drive:  .byte  0
        .org   510
        .word  0xaa55
